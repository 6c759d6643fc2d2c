import { describe, expect, test } from "vitest";
import { imageDigest, parseImage, qualifiedImage } from "./image-names.ts";

describe("an image's name", () => {
  test.each([
    { image: "nginx", full: "docker.io/library/nginx:latest" },
    { image: "nginx:1.27", full: "docker.io/library/nginx:1.27" },
    { image: "bitnami/redis:7", full: "docker.io/bitnami/redis:7" },
    { image: "localhost/app", full: "localhost/app:latest" },
    { image: "ghcr.io/a/b/c:v1", full: "ghcr.io/a/b/c:v1" },
    { image: "node0.lan:5000/app", full: "node0.lan:5000/app:latest" },
    { image: "nginx@sha256:abc", full: "docker.io/library/nginx@sha256:abc" },
    { image: "nginx:1@sha256:abc", full: "docker.io/library/nginx@sha256:abc" },
  ])("$image is $full in full", ({ image, full }) => {
    expect(qualifiedImage(image)).toBe(full);
  });

  test("falls into its parts", () => {
    expect(parseImage("node0.lan:5000/team/app:v1")).toEqual({
      registry: "node0.lan:5000",
      repository: "team/app",
      tag: "v1",
    });
  });

  test("has one made-up digest however it is written", () => {
    expect(imageDigest("nginx")).toMatch(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/);
    expect(imageDigest("nginx")).toBe(imageDigest("docker.io/library/nginx:latest"));
    expect(imageDigest("nginx:1")).not.toBe(imageDigest("nginx:2"));
    expect(imageDigest("nginx@sha256:abc")).toBe("docker.io/library/nginx@sha256:abc");
  });
});
