CREATE TABLE segur_reglages (
	cle VARCHAR(20) NOT NULL, 
	valeur TEXT NOT NULL, 
	PRIMARY KEY (cle)
);
CREATE TABLE segur_evenements (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	nature VARCHAR(20) NOT NULL, 
	jour DATE, 
	specification VARCHAR(40), 
	numero_editeur VARCHAR(40), 
	fichier VARCHAR(64), 
	finess_geo TEXT, 
	contenu TEXT NOT NULL
);
CREATE TABLE sqlite_sequence(name,seq);
CREATE INDEX ix_segur_evenements_finess_geo ON segur_evenements (finess_geo);
CREATE INDEX ix_segur_evenements_fichier ON segur_evenements (fichier);
CREATE INDEX ix_segur_evenements_demande ON segur_evenements (numero_editeur, specification);
CREATE INDEX ix_segur_evenements_jour ON segur_evenements (jour, nature);
CREATE TABLE segur_numeros (
	specification VARCHAR(40) NOT NULL, 
	numero_editeur VARCHAR(40) NOT NULL, 
	pli VARCHAR(80) NOT NULL, 
	PRIMARY KEY (specification, numero_editeur)
);
CREATE INDEX ix_segur_numeros_pli ON segur_numeros (pli);
CREATE TABLE segur_fichiers (
	fichier VARCHAR(64) NOT NULL, 
	nom TEXT NOT NULL, 
	numero_ans TEXT NOT NULL, 
	siret TEXT NOT NULL, 
	specification VARCHAR(40) NOT NULL, 
	entete TEXT NOT NULL, 
	jour_preparation DATE NOT NULL, 
	etapes TEXT NOT NULL, 
	entame BOOLEAN NOT NULL, 
	repondu BOOLEAN NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	jour_depot DATE, 
	motif TEXT NOT NULL, 
	PRIMARY KEY (fichier)
);
CREATE TABLE segur_retours (
	retour VARCHAR(64) NOT NULL, 
	PRIMARY KEY (retour)
);
CREATE TABLE segur_demandes (
	specification VARCHAR(40) NOT NULL, 
	numero_editeur VARCHAR(40) NOT NULL, 
	fichier VARCHAR(64) NOT NULL, 
	rang INTEGER NOT NULL, 
	jour_preparation DATE NOT NULL, 
	jour_depot DATE, 
	jour_refus DATE, 
	jour_abandon DATE, 
	motif_abandon TEXT NOT NULL, 
	finess_geo TEXT, 
	date_commande DATE, 
	regime_tva VARCHAR(3), 
	montant_centimes BIGINT, 
	avance_centimes BIGINT, 
	pieces TEXT NOT NULL, 
	issue VARCHAR(20), 
	jour_reponse DATE, 
	numero_asp TEXT, 
	code_traitement TEXT, 
	libelle_traitement TEXT, 
	jour_incomplete DATE, 
	motif_incomplete TEXT NOT NULL, 
	jour_modification DATE, 
	motif_modification TEXT NOT NULL, 
	attribuee BOOLEAN, 
	jour_decision DATE, 
	motif_decision TEXT NOT NULL, 
	paye_centimes BIGINT, 
	jour_paiement DATE, 
	reference_paiement TEXT NOT NULL, 
	jour_service DATE, 
	adresse_mssante TEXT NOT NULL, 
	jour_facture DATE, 
	reference_facture TEXT NOT NULL, 
	jour_solde DATE, 
	reference_solde TEXT NOT NULL, 
	solde_centimes BIGINT, 
	jour_solde_paye DATE, 
	reference_solde_paye TEXT NOT NULL, 
	jour_controle DATE, 
	motif_controle TEXT NOT NULL, 
	solde_de TEXT, 
	remplace VARCHAR(40), 
	remplacee_par VARCHAR(40), 
	reserves TEXT NOT NULL, 
	effacee BOOLEAN NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	jour_phase DATE NOT NULL, 
	mois VARCHAR(7) NOT NULL, 
	a_verifier BOOLEAN NOT NULL, 
	PRIMARY KEY (specification, numero_editeur)
);
CREATE INDEX ix_segur_demandes_fichier ON segur_demandes (fichier);
CREATE UNIQUE INDEX ix_segur_demandes_asp ON segur_demandes (specification, numero_asp);
CREATE INDEX ix_segur_demandes_effacees ON segur_demandes (effacee);
CREATE INDEX ix_segur_demandes_attente ON segur_demandes (phase, jour_phase, remplacee_par, a_verifier, avance_centimes, paye_centimes);
CREATE INDEX ix_segur_demandes_a_verifier ON segur_demandes (a_verifier);
CREATE INDEX ix_segur_demandes_reference ON segur_demandes (numero_asp);
CREATE INDEX ix_segur_demandes_officine ON segur_demandes (finess_geo, specification, phase, numero_editeur);
CREATE INDEX ix_segur_demandes_mois ON segur_demandes (specification, mois, phase, montant_centimes, avance_centimes, paye_centimes, solde_centimes);
CREATE INDEX ix_segur_demandes_soldables ON segur_demandes (specification, numero_editeur, phase, numero_asp, finess_geo, paye_centimes, a_verifier);
