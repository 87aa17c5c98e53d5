// What an integration does on an ordinary day, in the contract's own types. It is compiled, never run: a field that is
// renamed, becomes optional or turns into a number breaks it here before it breaks anybody.
import createClient from "openapi-fetch";
import type { components, paths } from "./contract";

type Money = components["schemas"]["Money"];

const api = createClient<paths>({ baseUrl: "https://api.example.com" });

/** Every partner, page by page. */
export async function partnerNames(): Promise<string[]> {
  const names: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const { data, error } = await api.GET("/v1/partners", { params: { query: after ? { after, limit: 200 } : { limit: 200 } } });
    if (error) throw new Error(error.code);
    names.push(...data.data.map((partner) => partner.name));
    after = data.next;
  }
  return names;
}

/** Registers a prospect once, however often it is called with the same key. */
export async function register(
  key: string,
  registration: components["schemas"]["NewRegistration"],
): Promise<string> {
  const { data, error } = await api.POST("/v1/registrations", {
    params: { header: { "Idempotency-Key": key } },
    body: registration,
  });
  if (error) throw new Error((error.errors ?? []).map((violation) => violation.pointer).join(", ") || error.code);
  return data.id;
}

/** The state of a registration. */
export async function state(id: string): Promise<string> {
  const { data, error } = await api.GET("/v1/registrations/{registration_id}", { params: { path: { registration_id: id } } });
  if (error) throw new Error(error.code);
  return data.state;
}

export const money: Money = { amount: "1234.50", currency: "EUR" };
// @ts-expect-error An amount is never a number.
export const float: Money = { amount: 1234.5, currency: "EUR" };
// @ts-expect-error An amount is nothing without its currency.
export const bare: Money = { amount: "1234.50" };
