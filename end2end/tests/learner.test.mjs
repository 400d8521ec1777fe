// The main job: somebody is let in, reads a module, plays its role-play, passes its quiz, and it is in the record for good.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { choose, fill, handIn, heading, keep } from "../lib/activities.mjs";
import { closePage, hydrated, launch, newPage, startServer } from "../lib/browser.mjs";
import { MODULE, QUIZ, ROLE_PLAY } from "../lib/starter.mjs";
import { PASSWORD, look, setUp, signIn, welcome } from "../lib/steps.mjs";

let browser;

before(async () => {
  browser = await launch();
});

after(async () => {
  await browser?.close();
});

for (const options of [{ js: true, width: 1280 }, { js: false, width: 1280 }, { js: true, width: 320, dark: true }]) {
  const how = `${options.js ? "with" : "without"} JavaScript at ${options.width} px`;
  describe(how, () => {
    let server;
    let page;

    before(async () => {
      server = await startServer();
      page = await newPage(browser, options);
      await setUp(page, server);
    });

    after(async () => {
      await closePage(page);
      await server?.stop();
    });

    test("the administrator's pages are accessible", async () => {
      await look(page, options);
      await page.getByRole("button", { name: "Add this department" }).click();
      await page.getByRole("alert").getByRole("link", { name: /Enter the name of the department/ }).waitFor();
      await page.getByLabel("Name").fill("Ward 3");
      await page.getByRole("button", { name: "Add this department" }).click();
      await page.getByRole("link", { name: "Ward 3" }).waitFor();
      await look(page, options);
      await page.goto(`${server.url}/people/new`);
      await page.getByRole("button", { name: "Add this person" }).click();
      await page.getByRole("alert").getByRole("link", { name: "Enter the full name" }).waitFor();
      assert.match(await page.title(), /^Error: /);
      await look(page, options);
    });

    test("an invited learner comes in and reads the module; that alone does not complete it", async () => {
      await page.goto(`${server.url}/people/new`);
      await page.getByLabel("Full name").fill("Ben Eze");
      await page.getByLabel("Staff number").fill("N-7");
      await page.getByRole("button", { name: "Add this person" }).click();
      await page.getByRole("button", { name: "Give: manager" }).click();
      await page.getByRole("alert").getByRole("link", { name: /Choose the department this person manages/ }).click();
      await look(page, options);
      await page.getByLabel("Department", { exact: true }).selectOption("Ward 3");
      await page.getByLabel("Job role").fill("Nurse");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      await page.getByRole("button", { name: "Give: trainer" }).click();
      await page.getByRole("button", { name: "Take away trainer" }).waitFor();
      assert.match(await page.getByRole("status").first().innerText(), /The right was given/);
      await page.getByRole("button", { name: "Make an invitation link" }).click();
      const link = await page.locator(".invitation-link").innerText();
      await look(page, options);
      await page.getByRole("button", { name: "Sign out" }).click();

      await page.goto(new URL(link, server.url).href);
      await page.getByLabel("Choose a password").fill("short");
      await page.getByRole("button", { name: "Save and sign in" }).click();
      await page.getByRole("alert").waitFor();
      await look(page, options);
      await page.getByLabel("Choose a password").fill(`${PASSWORD} too`);
      await page.getByRole("button", { name: "Save and sign in" }).click();

      await page.getByRole("heading", { level: 1, name: "My training" }).waitFor();
      assert.equal(await page.getByRole("link", { name: "People", exact: true }).count(), 0);
      await look(page, options);
      await page.getByRole("link", { name: "Start", exact: true }).click();

      const first = page.url();
      const form = Object.fromEntries(
        await page.locator(".reader-actions input").evaluateAll((inputs) => inputs.map((input) => [input.name, input.value])),
      );
      const send = (to) => page.request.post(`${to}/read`, { form, headers: { origin: server.url }, maxRedirects: 0 });
      for (const time of ["once", "twice"]) assert.equal((await send(first)).status(), 303, time);
      const elsewhere = await send(await page.locator(".page-steps li a").nth(1).evaluate((link) => link.href));
      assert.equal(elsewhere.status(), 409);
      assert.match(await elsewhere.text(), /Page 2 of[^]*Nothing was changed/);
      await page.goto(server.url);
      assert.match(await page.locator(".progress-words").innerText(), /^1 of /);
      await page.getByRole("link", { name: "Continue", exact: true }).click();

      let checks = 0;
      for (let pages = 0; pages < 30; pages += 1) {
        if (!page.url().includes("/modules/")) break;
        await look(page, options);
        if ((await page.getByRole("button", { name: "Check my answer" }).count()) > 0) {
          checks += 1;
          if (options.js) await hydrated(page);
          await page.locator(".choice input").first().check();
          await page.getByRole("button", { name: "Check my answer" }).click();
          await page.locator(".feedback-question").waitFor();
          if (options.js) {
            await page.waitForFunction(() => document.activeElement?.id === "verdict");
            assert.doesNotMatch(await page.locator(".reader-actions").innerText(), /without answering/);
          }
          await look(page, options);
        }
        const before = page.url();
        await page.locator(".reader-actions button, .reader-actions a.button").first().click();
        await page.waitForURL((url) => url.href !== before);
      }
      assert.ok(checks > 0, "the module has a question to check oneself with");

      // The last page leads on to what is missing.
      assert.ok(page.url().endsWith(`/role-plays/${ROLE_PLAY.slug}`), page.url());
      await page.goto(server.url);
      assert.match(await page.locator(".card-next").innerText(), /You have read it all[^]*Two hours[^]*missing/);
      await look(page, options);
      await page.goto(`${server.url}/modules`);
      assert.match(await page.locator(".module-card").filter({ hasText: MODULE.title }).innerText(), /the role-play is missing[^]*In progress/);
      await look(page, options);
      await page.getByRole("link", { name: MODULE.title }).first().click();
      await page.getByText("To complete it: read every page, pass the role-play and pass the quiz.").waitFor();
      assert.equal(await page.getByRole("heading", { name: "Completed" }).count(), 0);
      await look(page, options);
    });

    test("the role-play is played for real, and leads on to the quiz", async () => {
      await page.getByRole("link", { name: "Continue", exact: true }).click();
      await page.waitForURL(`**/role-plays/${ROLE_PLAY.slug}`);
      await look(page, options);
      await page.getByRole("button", { name: "Play for real" }).click();
      await page.locator(".scene").waitFor();
      if (options.js) await hydrated(page);
      for (const text of ROLE_PLAY.best) {
        await look(page, options);
        await choose(page, text);
      }
      await page.getByRole("heading", { name: "You passed" }).waitFor();
      assert.match(await page.locator(".banner").innerText(), /Score: 100 of 100/);
      await look(page, options);
      await page.getByRole("link", { name: `Go on with: ${MODULE.title}` }).click();
      await page.locator(".activity-card").getByText("Passed").waitFor();
      await look(page, options);
      await page.goto(`${server.url}/modules/${MODULE.slug}`);
      await page.getByRole("link", { name: "Continue", exact: true }).click();
      await page.waitForURL(`**/quizzes/${QUIZ.slug}`);
    });

    test("the quiz is passed, which completes the module", async () => {
      await look(page, options);
      await page.getByRole("button", { name: "Start" }).click();
      await page.locator("form.check").waitFor();
      while (!page.url().endsWith("/review")) {
        if (options.js) await hydrated(page);
        await fill(page, QUIZ.right[await heading(page)], options);
        await look(page, options);
        await keep(page);
      }
      assert.equal(await page.getByText(/not answered/).count(), 0);
      await look(page, options);
      await handIn(page);
      assert.match(await page.locator(".banner").innerText(), /You passed[^]*100 of 100/);
      await look(page, options);
      await page.getByRole("link", { name: `Completed: ${MODULE.title}` }).click();
      await page.getByRole("heading", { name: "Completed" }).waitFor();
      await look(page, options);
    });

    test("the certificate is shown, printed as a PDF, and checked by anybody", async () => {
      await page.getByRole("link", { name: "See the certificate" }).click();
      await page.getByRole("heading", { level: 1, name: "Certificate of completion" }).waitFor();
      assert.match(await page.locator(".certificate").innerText(), new RegExp(`Mercy Clinic[^]*Ben Eze[^]*${MODULE.title}[^]*Valid through`));
      await look(page, options);
      const number = page.url().split("/").at(-1);
      const pdf = page.getByRole("link", { name: "Download as PDF" });
      const [download] = await Promise.all([page.waitForEvent("download"), pdf.click()]);
      assert.equal(download.suggestedFilename(), `certificate-${number}.pdf`);
      const answer = await page.request.get(await pdf.evaluate((link) => link.href));
      assert.equal(answer.headers()["content-type"], "application/pdf");
      assert.equal((await answer.body()).subarray(0, 4).toString(), "%PDF");

      const anybody = await newPage(browser, options);
      await anybody.goto(`${server.url}/verify`);
      await look(anybody, options);
      await anybody.getByLabel("Number of the certificate").fill(number.toLowerCase().replaceAll("-", " "));
      await anybody.getByRole("button", { name: "Check" }).click();
      await anybody.waitForURL(`**/verify/${number}`);
      assert.match(await anybody.locator("#main").innerText(), /This certificate was issued here[^]*Ben Eze[^]*Service is part of care/);
      await look(anybody, options);
      assert.equal((await anybody.goto(`${server.url}/verify/AAAA-AAAA-AAAA`)).status(), 404);
      await anybody.getByRole("alert").getByRole("link", { name: /No certificate with this number/ }).waitFor();
      await look(anybody, options);
      await closePage(anybody);
    });

    test("the record holds it all, and what is not one's own is not there", async () => {
      await page.goto(`${server.url}/record`);
      assert.match(await page.locator("tbody").first().innerText(), new RegExp(`${MODULE.title}[^]*Certificate`));
      assert.match(await page.locator("tbody").last().innerText(), /Service is part of care: quiz[^]*100 of 100, passed[^]*Two hours[^]*100 of 100, passed/);
      await look(page, options);
      for (const path of ["/people", "/team", "/nothing-here"]) {
        const answer = await page.goto(`${server.url}${path}`);
        assert.equal(answer.status(), 404, path);
      }
      await page.getByRole("heading", { level: 1, name: "Page not found" }).waitFor();
      await look(page, options);

      await page.goto(`${server.url}/record`);
      const own = await page.locator("tbody a").evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
      const theirs = own.filter((path) => /certificates|attempts/.test(path));
      for (const kind of ["/certificates/", "/role-plays/", "/quizzes/"]) assert.ok(theirs.some((path) => path.startsWith(kind)), `${kind} in ${own}`);
      const other = await newPage(browser, options);
      await welcome(other, server, "Chi Eze", "N-8");
      for (const path of theirs) {
        assert.equal((await page.goto(`${server.url}${path}`)).status(), 200, path);
        assert.equal((await other.goto(`${server.url}${path}`)).status(), 404, path);
        if (path.startsWith("/certificates/")) assert.equal((await other.request.get(`${server.url}${path}/certificate.pdf`)).status(), 404);
      }
      await closePage(other);
    });

    test("the trainer's team shows it", async () => {
      await page.goto(server.url);
      await page.getByRole("button", { name: "Sign out" }).click();
      await signIn(page, server, "ADA@example.org");
      await page.getByRole("link", { name: "Team", exact: true }).click();
      const row = page.getByRole("row").filter({ hasText: "Ben Eze" });
      assert.match(await row.innerText(), /Ward 3[^]*Service is part of care/);
      await look(page, options);
    });
  });
}
