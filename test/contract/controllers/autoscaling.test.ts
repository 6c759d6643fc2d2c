import { autoscalingStories } from "./autoscaling-stories.ts";
import { holdStories } from "./hold.ts";

holdStories("Autoscaling", "autoscaling.txt", autoscalingStories);
