import { holdStories } from "./hold.ts";
import { workloadStories } from "./workload-stories.ts";

holdStories("Workloads", "workload.txt", workloadStories);
