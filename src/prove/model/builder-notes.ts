/** What is said of an object that comes a second time. */
export const TWICE = "in the input twice; the last one counts";
