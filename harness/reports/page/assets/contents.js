// The table of contents: goes to a section without touching the address, which holds the filters.

export function startContents() {
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a[href^='#']")) {
    const section = document.getElementById(link.hash.slice(1));
    links.set(section, link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      section.scrollIntoView();
      section.focus({ preventScroll: true });
    });
  }
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) target.dataset.seen = isIntersecting;
      const current = [...links.keys()].find((section) => section.dataset.seen === "true");
      for (const [section, link] of links) {
        if (section === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-15% 0px -60% 0px" },
  );
  for (const section of links.keys()) observer.observe(section);
}
