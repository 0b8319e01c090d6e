"use strict";
{
  // A button on each block that somebody types: commands, code, settings.  What a command printed has none.
  const TYPED = ".highlight-sh, .highlight-python, .highlight-pycon, .highlight-toml, .highlight-json, .highlight-yaml";
  const french = document.documentElement.lang.startsWith("fr");
  const words = french ? { copy: "Copier", done: "Copié" } : { copy: "Copy", done: "Copied" };

  // Of a session, only what was typed: prompts and answers are left out.
  const typed = (block) => {
    const text = block.querySelector("pre").textContent;
    if (!block.matches(".highlight-pycon")) return text;
    const lines = text.split("\n").filter((line) => /^(>>>|\.\.\.)( |$)/.test(line));
    return lines.map((line) => line.slice(4)).join("\n") + "\n";
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const block of document.querySelectorAll(TYPED)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copier";
      button.textContent = words.copy;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(typed(block));
        button.textContent = words.done;
        setTimeout(() => { button.textContent = words.copy; }, 2000);
      });
      // Where a browser has no clipboard for the page, a button would promise too much.
      if (navigator.clipboard) block.append(button);
    }
  });
}
