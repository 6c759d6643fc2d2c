import { expect, test } from "vitest";
import { imageTag } from "./image-name.ts";

const DIGEST = `sha256:${"0".repeat(64)}`;

test.each([
  { image: "nginx", tag: "latest" },
  { image: "nginx:1.27", tag: "1.27" },
  { image: "localhost/nginx", tag: "latest" },
  { image: "registry.local:5000/shop/cart", tag: "latest" },
  { image: "registry.local:5000/shop/cart:v2", tag: "v2" },
  { image: "[::1]:5000/cart:v2", tag: "v2" },
  { image: `nginx@${DIGEST}`, tag: "" },
  { image: `nginx:1@${DIGEST}`, tag: "1" },
  { image: "Shop/cart:v2", tag: "v2" },
  { image: "shop/Cart:v2", tag: "" },
  { image: "nginx:", tag: "" },
  { image: "a b", tag: "" },
  { image: "0".repeat(64), tag: "" },
])("$image is pulled by the tag $tag", ({ image, tag }) => {
  expect(imageTag(image)).toBe(tag);
});

test("a name that is made to be slow is judged at once", () => {
  expect(imageTag(`${"a-".repeat(500)}!`)).toBe("");
});
