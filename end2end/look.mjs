import { launch } from "./lib/browser.mjs";
const [,, base, user, out, width, dark, ...paths] = process.argv;
const b = await launch();
const ctx = await b.newContext({ viewport: { width: +width, height: 900 }, colorScheme: dark === "dark" ? "dark" : "light" });
const p = await ctx.newPage();
await p.goto(base + "/sign-in");
await p.getByLabel(/e-mail|staff/i).first().fill(user);
await p.locator("input[type=password]").fill("kettle moss violin dune");
await p.getByRole("button", { name: "Sign in" }).click();
await p.waitForLoadState();
let n = 0;
for (const path of paths) {
  const t = Date.now();
  const r = await p.goto(base + path);
  console.log(path, r.status(), Date.now() - t, "ms", (await r.body()).length, "bytes", await p.evaluate("document.documentElement.scrollWidth"));
  await p.screenshot({ path: `${out}-${n++}.png`, fullPage: false });
}
await b.close();
