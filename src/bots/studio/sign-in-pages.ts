/** Two small pages without scripts: how to get a sign-in link, and the button that uses one. */

function layout(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Easel Studio</title>
<link rel="icon" href="/ai-studio/files/bots/studio/pages/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/ai-studio/files/bots/studio/pages/studio.css">
</head>
<body class="sign-in">
<main class="sign-in-card">
<img src="/ai-studio/files/bots/studio/pages/icon.svg" alt="" width="56" height="56">
${content}
</main>
</body>
</html>`;
}

/** @param problem why a link did not work, or null. */
export function signInPage(problem: string | null): string {
  const why = problem === null ? "" : `<p class="sign-in-problem" role="alert">${escapeHtml(problem)}</p>`;
  return layout(
    "Sign in",
    `<h1>Sign in to Easel Studio</h1>
${why}
<p>Your pictures, videos and allowance are the same here as in the chat.</p>
<ol>
<li>Open the chat with the bot on Discord or Telegram.</li>
<li>Send <code>/studio</code>.</li>
<li>Open the link it answers with. It works once, within ten minutes.</li>
</ol>`,
  );
}

export function confirmPage(token: string): string {
  return layout(
    "Sign in",
    `<h1>Sign in to Easel Studio</h1>
<p>This browser stays signed in for 30 days.</p>
<form method="post" action="/ai-studio/sign-in">
<input type="hidden" name="token" value="${escapeHtml(token)}">
<button class="button primary" type="submit">Sign in</button>
</form>`,
  );
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
