"use strict";
{
  // Neither accents, case, ligatures nor the kind of apostrophe or blank tell two words apart.
  const plier = (texte) =>
    texte.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("œ", "oe").replaceAll("æ", "ae").replaceAll("’", "'");

  const boite = document.querySelector("[role=search]");
  const champ = boite.querySelector("input");
  const etat = boite.querySelector("[role=status]");
  const tables = [...document.querySelectorAll("table")].map((table) => ({
    cadre: table.closest(".cadre") ?? table,
    rangees: [...table.tBodies].flatMap((corps) => [...corps.rows]).map((rangee) => ({
      rangee,
      texte: plier([...rangee.cells].map((cellule) => cellule.textContent).join(" ")),
    })),
  }));
  // What a code means is shown as long as a row shows the code.
  const codes = [...document.querySelectorAll(".codes dt")].map((nom) => ({
    liens: [...document.querySelectorAll(`a[href="#${nom.id}"]`)],
    dits: [nom, nom.nextElementSibling],
  }));
  const total = tables.reduce((somme, { rangees }) => somme + rangees.length, 0);

  const filtrer = () => {
    const mots = plier(champ.value).split(/\s+/).filter(Boolean);
    let montrees = 0;
    for (const { cadre, rangees } of tables) {
      let ici = 0;
      for (const { rangee, texte } of rangees) {
        rangee.hidden = !mots.every((mot) => texte.includes(mot));
        ici += rangee.hidden ? 0 : 1;
      }
      cadre.hidden = mots.length > 0 && ici === 0;
      montrees += ici;
    }
    for (const { liens, dits } of codes) {
      const tu = mots.length > 0 && liens.every((lien) => lien.closest("tr").hidden);
      for (const dit of dits) dit.hidden = tu;
    }
    etat.textContent = mots.length ? `Filtre en place : ${montrees} sur ${total} ${total > 1 ? "lignes" : "ligne"}.` : "";
  };
  champ.addEventListener("input", filtrer);
  boite.hidden = false;
  filtrer(); // a browser may have kept what was typed before the page was reloaded
}
