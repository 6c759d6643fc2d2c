import { holdStories } from "./hold.ts";
import { jobStories } from "./job-stories.ts";

holdStories("Jobs and CronJobs", "job.txt", jobStories);
