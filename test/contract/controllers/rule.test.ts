import { holdStories } from "./hold.ts";
import { ruleStories } from "./rule-stories.ts";

holdStories("Rules", "rule.txt", ruleStories);
