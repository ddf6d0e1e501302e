// Sends what somebody does about an alert, and says what came of it.

const SEND_MS = 8_000; // the server itself waits 5 s for Kafka

// `what` is "answer" or "actions"; gives the status and what was said with it. Throws where nobody answers.
export async function post(alertId, what, body) {
  const answer = await fetch(`/api/v1/alerts/${encodeURIComponent(alertId)}/${what}`, {
    method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" },
    signal: AbortSignal.timeout(SEND_MS),
  });
  if (answer.status === 401) location.assign("/login");
  return { status: answer.status, said: await answer.json() };
}
