// Five calls with types of `openapi-typescript`. Compiled as a check, but never run.

import createClient from "openapi-fetch";
import type { components, paths } from "./generated/penguinmails";

type Contact = components["schemas"]["ContactView"];

const api = createClient<paths>({ baseUrl: "https://mail.example.com", headers: { Authorization: "Bearer pm_test_x" } });

export async function fiveCalls(): Promise<string[]> {
  // Smallest email: fields that are optional must be optional in the types.
  const sent = await api.POST("/v1/emails/send", {
    body: { to: "user@example.com", subject: "Hello", html_body: "<p>Hello</p>" },
  });
  if (sent.error) return [sent.error.error, sent.error.message];

  const email = await api.GET("/v1/emails/{id}", { params: { path: { id: sent.data.id } } });

  const added = await api.POST("/v1/contacts", { body: { email: "user@example.com" } });
  const contact: Contact | undefined = added.data;

  // List items have the same type as a single item.
  const page = await api.GET("/v1/contacts", { params: { query: { limit: 10, status: "active" } } });
  const contacts: Contact[] = page.data?.data ?? [];

  const campaign = await api.POST("/v1/campaigns", {
    body: { name: "News", subject: "Hello {{ first_name }}", html_body: "<p>Hello</p>" },
  });
  return [email.data?.status ?? "", contact?.id ?? "", ...contacts.map((it) => it.email), campaign.data?.id ?? ""];
}
