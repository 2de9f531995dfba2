import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { KeysApi, type NewKey } from "./fixtures/keys_api";
import { enterSudo, OWNER, signIn } from "./fixtures/people";
import { expect, test } from "./fixtures/test";
import { DangerDialog, EditKeyDialog, RotateKeyDialog } from "./pages/key_dialogs";
import { KeysPage } from "./pages/keys_page";

interface Place {
  page: Page;
  keys: KeysPage;
  made: NewKey;
  api: KeysApi;
}

const press = ({ page }: Place, name: string) => page.getByRole("article").getByRole("button", { name, exact: true }).click();

const edit = async (place: Place) => {
  await press(place, "Edit Permissions");
  return new EditKeyDialog(place.page, place.made.key.name);
};

/** Dialogs and states of a key, each with the steps that lead to it from its card. */
const STATES: Record<string, { body?: object; reach: (place: Place) => Promise<void> }> = {
  "card with notices": {
    body: { expires_in_days: 5, permissions: ["campaigns:write", "emails:send_bulk"] },
    reach: async (place) => {
      await press(place, "Show Key");
      await place.page.getByText("All permissions").click();
    },
  },
  "shown key": {
    body: { recoverable: true },
    reach: async (place) => {
      await press(place, "Show Key");
      await expect(place.page.getByText(/^Hides in/)).toBeVisible();
    },
  },
  "password dialog": {
    reach: async (place) => {
      // A new session has not confirmed the password yet.
      await signIn(place.page, OWNER);
      await press(place, "Rotate Key");
      await new RotateKeyDialog(place.page, place.made.key.name).confirm.click();
      await place.keys.sudoDialog.password.fill("not-my-password");
      await place.keys.sudoDialog.submit.click();
      await expect(place.keys.sudoDialog.root.getByText("That password is wrong.")).toBeVisible();
    },
  },
  "rotating card": {
    reach: async ({ page, keys, made, api }) => {
      await api.rotate(made.key.id, 3600);
      await keys.open(`?key=${made.key.id}`);
      await expect(page.getByText(/^Stops working on/)).toBeVisible();
    },
  },
  "edit dialog": {
    reach: async (place) => {
      const dialog = await edit(place);
      await dialog.permission("Send Bulk Emails").check();
      await dialog.permission("Send Emails").uncheck();
      await dialog.root.locator("summary").first().click();
      await dialog.root.getByRole("radio", { name: /Restrict to IPs/ }).check();
      await dialog.ips.fill("10.0.0.0/8, nonsense,");
      await dialog.save.click();
      await expect(dialog.root.getByText("“nonsense” is not")).toBeVisible();
    },
  },
  "danger dialog": {
    reach: async (place) => {
      await (await edit(place)).permission("Full Account Access").click();
      await expect(new DangerDialog(place.page).leaveOut).toBeVisible();
    },
  },
  "rotate dialog": {
    reach: async (place) => {
      await press(place, "Rotate Key");
      await expect(new RotateKeyDialog(place.page, place.made.key.name).confirm).toBeVisible();
    },
  },
  "rotated dialog": {
    reach: async (place) => {
      await press(place, "Rotate Key");
      const dialog = new RotateKeyDialog(place.page, place.made.key.name);
      await dialog.confirm.click();
      await expect(dialog.key).toBeVisible();
    },
  },
  "revoke dialog": {
    reach: async (place) => {
      await press(place, "Revoke Key");
      await expect(place.keys.revokeDialog(place.made.key.name).name).toBeVisible();
    },
  },
  "disable dialog": {
    reach: async (place) => {
      await press(place, "Disable");
      await expect(place.page.getByRole("dialog", { name: /^Disable/ })).toBeVisible();
    },
  },
  "approve dialog": {
    body: { permissions: ["campaigns:write", "emails:send_bulk"] },
    reach: async (place) => {
      await press(place, "Approve");
      await expect(place.page.getByRole("dialog", { name: /^Approve/ })).toBeVisible();
    },
  },
  "create dialog's last step, and the new key": {
    reach: async ({ page, keys }) => {
      await keys.openCreateDialog();
      const dialog = keys.createDialog;
      await dialog.name.fill("For axe");
      for (let step = 1; step < 4; step++) await dialog.next.click();
      await dialog.root.getByRole("radio", { name: /Restrict to IPs/ }).check();
      await dialog.root.getByRole("button", { name: /^Use my current address/ }).click();
      await expectAccessible(page);
      await dialog.generate.click();
      await expect(keys.createdDialog.key).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(keys.createdDialog.root.getByRole("alert")).toBeVisible();
    },
  },
};

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }))).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "pixels that stick out sideways").toBeLessThanOrEqual(0);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1280, 390]) {
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 800 } });

      for (const [state, { body, reach }] of Object.entries(STATES)) {
        test(`${state} has no accessibility violations and fits`, async ({ page, server }) => {
          const api = await KeysApi.open(server.url);
          const made = await api.create(`Axe ${state}`.slice(0, 50), body);
          await signIn(page, OWNER);
          await enterSudo(page);
          const keys = new KeysPage(page);
          await keys.open(`?key=${made.key.id}`);
          await reach({ page, keys, made, api });
          await expectAccessible(page);
        });
      }
    });
  }
}
