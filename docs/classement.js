// What the search of the site shows first: what people follow, then what developers follow, what is looked up, the names of the
// code, and the decisions last.  Where somebody types a name of the code, an id or a code, what explains it comes first.
var Scorer = {
  score: ([page, , , , score]) => {
    const typed = new URLSearchParams(window.location.search).get("q") || "";
    const isName = /[_.]|[a-z][A-Z]|^\s*\d+\s*$|^\s*[a-z]+(-[a-z]+)+\s*$/.test(typed);
    const ranks = [
      [/^gestionnaire$/, isName ? 2000 : 4012],
      [/^(prise-en-main|tutoriel\/index)$/, isName ? 2000 : 4006],
      [/^guide\/(apres-le-depot|certificats|controler|installer|partager-le-registre|preparer)$/, isName ? 2000 : 4000],
      [/^(guide|exemples)\//, isName ? 2000 : 3500],
      [/^reference\/api\//, isName ? 4000 : 2000],
      [/^reference\//, isName ? 4000 : 3000],
      [/^decisions\//, 0],
    ];
    const found = ranks.find(([pages]) => pages.test(page));
    return score + (found ? found[1] : 3000);
  },
  // The scores of Sphinx itself.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
