// Steps that several journeys take.

import { assertAccessible, assertNoSidewaysScroll } from "./browser.mjs";

export const PASSWORD = "kettle moss violin dune";

/** Looks at the page as it stands: accessible, and nothing to scroll sideways. Without scripts there is nothing to look with. */
export async function look(page, { js = true, width = 1280 } = {}) {
  if (!js) return;
  await assertAccessible(page);
  await assertNoSidewaysScroll(page, `${page.url()} at ${width} px`);
}

/** Sets the site up by the link that the server printed; Ada Obi is then signed in as its administrator. */
export async function setUp(page, server) {
  await page.goto(server.setUpLink);
  await page.getByLabel("Name of your organisation").fill("Mercy Clinic");
  await page.getByLabel("Your full name").fill("Ada Obi");
  await page.getByLabel("Your e-mail address").fill("ada@example.org");
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await page.getByRole("button", { name: "Set up and sign in" }).click();
  await page.getByRole("heading", { level: 1, name: "Departments" }).waitFor();
}

/** Signs somebody in at `/sign-in`. */
export async function signIn(page, server, login, password = PASSWORD) {
  await page.goto(`${server.url}/sign-in`);
  await page.getByLabel("E-mail or staff number").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}
