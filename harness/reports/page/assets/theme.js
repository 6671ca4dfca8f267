// Light or dark: as the system has it until the reader turns it. Kept in memory only.

export function startTheme() {
  const toggle = document.getElementById("theme");
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const told = () => toggle.setAttribute("aria-pressed", String(isDark()));
  toggle.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    told();
  });
  dark.addEventListener("change", told);
  toggle.hidden = false;
  told();
}
