// Steps that several journeys take.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { assertAccessible, assertNoSidewaysScroll } from "./browser.mjs";

export const PASSWORD = "kettle moss violin dune";

/** Looks at the page as it stands: accessible, and nothing to scroll sideways. Without scripts there is nothing to look with. */
export async function look(page, { js = true, width = 1280 } = {}) {
  if (!js) return;
  await assertAccessible(page);
  await assertNoSidewaysScroll(page, `${page.url()} at ${width} px`);
}

/** Sets the site up by the link that the server printed; Ada Obi is then signed in as its administrator, and takes the first of the first steps. */
export async function setUp(page, server) {
  await page.goto(server.setUpLink);
  await page.getByLabel("Name of your organisation").fill("Mercy Clinic");
  await page.getByLabel("Your full name").fill("Ada Obi");
  await page.getByLabel("Your e-mail address").fill("ada@example.org");
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "First steps" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: /^Departments/ }).click();
  await page.getByRole("heading", { level: 1, name: "Departments" }).waitFor();
}

/** Signs somebody in at `/sign-in`. */
export async function signIn(page, server, login, password = PASSWORD) {
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("E-mail or staff number").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Adds a person on the server's machine and signs them in by the link that it prints. Gives their number. */
export async function welcome(page, server, name, login) {
  const said = await server.run("user", "add", "--name", name, login);
  await page.goto(new URL(/\/invite\/\S+/.exec(said)[0], server.url).href);
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "My training" }).waitFor();
  return page.locator("body").getAttribute("data-person");
}

/** Publishes files, by their names inside a content folder, while the server runs. */
export async function publish(server, files) {
  const folder = join(server.folder, "content");
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await server.run("publish", folder);
}
