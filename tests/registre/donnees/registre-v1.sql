BEGIN TRANSACTION;
CREATE TABLE segur_demandes (
	numero_editeur VARCHAR(5) NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	specification VARCHAR(40) NOT NULL, 
	fichier VARCHAR(64) NOT NULL, 
	rang INTEGER NOT NULL, 
	jour_preparation DATE NOT NULL, 
	jour_phase DATE NOT NULL, 
	jour_depot DATE, 
	mois VARCHAR(7) NOT NULL, 
	finess_geo TEXT, 
	date_commande DATE, 
	regime_tva VARCHAR(3), 
	montant_centimes BIGINT, 
	avance_centimes BIGINT, 
	paye_centimes BIGINT, 
	reference_paiement TEXT NOT NULL, 
	pieces TEXT NOT NULL, 
	numero_asp TEXT, 
	code_traitement TEXT, 
	libelle_traitement TEXT, 
	motif TEXT NOT NULL, 
	remplace VARCHAR(5), 
	remplacee_par VARCHAR(5), 
	reserves TEXT NOT NULL, 
	a_verifier BOOLEAN NOT NULL, 
	effacee BOOLEAN NOT NULL, 
	PRIMARY KEY (numero_editeur), 
	UNIQUE (numero_asp)
);
INSERT INTO "segur_demandes" VALUES('00001','avance payée','PHA-LGO-Va1','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a',1,'2022-11-15','2022-11-15','2022-11-15','2022-11','750000001','2022-11-15','TTC',70833,25500,25500,'','[["PHA-LGO-Va1-BDC-00001.pdf",""]]','ASP-00001','0000','Demande acceptée','',NULL,NULL,'[]',0,0);
INSERT INTO "segur_demandes" VALUES('00002','rejetée','PHA-LGO-Va1','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a',2,'2022-11-15','2022-11-16','2022-11-15','2022-11','750000002','2022-11-15','TTC',70833,25500,NULL,'','[["PHA-LGO-Va1-BDC-00002.pdf",""]]',NULL,'17','FINESSGeo inconnu','',NULL,'00021','[]',0,0);
INSERT INTO "segur_demandes" VALUES('00003','déposée','PHA-LGO-Va1','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a',3,'2022-11-15','2022-11-15','2022-11-15','2022-11','750000003','2022-11-15','TTC',70833,25500,NULL,'','[["PHA-LGO-Va1-BDC-00003.pdf",""]]',NULL,NULL,NULL,'',NULL,NULL,'[["acceptée","ASP-00003"]]',1,0);
INSERT INTO "segur_demandes" VALUES('00021','préparée','PHA-LGO-Va1','e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e',1,'2022-12-02','2022-12-02',NULL,'2022-12','750000002','2022-11-15','TTC',70833,25500,NULL,'','[["PHA-LGO-Va1-BDC-00021.pdf",""]]',NULL,NULL,NULL,'','00002',NULL,'[]',0,0);
INSERT INTO "segur_demandes" VALUES('00022','préparée','PHA-LGO-Va1','e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e',2,'2022-12-02','2022-12-02',NULL,'2022-12','750000001','2022-11-15','TTC',70833,25500,NULL,'','[["PHA-LGO-Va1-BDC-00022.pdf",""]]',NULL,NULL,NULL,'',NULL,NULL,'[]',0,0);
INSERT INTO "segur_demandes" VALUES('00031','abandonnée','PHA-LGO-Va1','69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f',1,'2022-11-15','2022-11-15',NULL,'2022-11','750000109','2022-11-15','TTC',70833,25500,NULL,'','[["PHA-LGO-Va1-BDC-00031.pdf",""]]',NULL,NULL,NULL,'',NULL,NULL,'[]',0,0);
CREATE TABLE segur_evenements (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	nature VARCHAR(20) NOT NULL, 
	jour DATE, 
	numero_editeur VARCHAR(5), 
	fichier VARCHAR(64), 
	finess_geo TEXT, 
	contenu TEXT NOT NULL
);
INSERT INTO "segur_evenements" VALUES(1,'numeros-reserves',NULL,NULL,NULL,NULL,'{"numeros":["00001","00002","00003","00004","00005","00006","00007","00008","00009","00010","00011","00012","00013","00014","00015","00016","00017","00018","00019","00020"]}');
INSERT INTO "segur_evenements" VALUES(2,'fichier-prepare','2022-11-15',NULL,'f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a',NULL,'{"jour":"2022-11-15","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","nom":"JSON-ANS0000001-20221115-001.json","numero_ans":"ANS0000001","siret":"12345678200010","specification":"PHA-LGO-Va1","entete":"{\"impId\":null,\"numeroAns\":\"ANS0000001\",\"SIRET\":\"12345678200010\"}"}');
INSERT INTO "segur_evenements" VALUES(3,'demande-preparee','2022-11-15','00001','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','750000001','{"jour":"2022-11-15","numero_editeur":"00001","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","rang":1,"specification":"PHA-LGO-Va1","ligne":"{\"numLigne\":1,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00001\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000001\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00001.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":null,\"libelleTraitement\":null}","finess_geo":"750000001","date_commande":"2022-11-15","regime_tva":"TTC","montant_segur_ht":"708.33","avance":"255.00","pieces":[{"nom":"PHA-LGO-Va1-BDC-00001.pdf","sha256":""}],"remplace":null}');
INSERT INTO "segur_evenements" VALUES(4,'demande-preparee','2022-11-15','00002','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','750000002','{"jour":"2022-11-15","numero_editeur":"00002","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","rang":2,"specification":"PHA-LGO-Va1","ligne":"{\"numLigne\":2,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00002\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000002\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00002.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":null,\"libelleTraitement\":null}","finess_geo":"750000002","date_commande":"2022-11-15","regime_tva":"TTC","montant_segur_ht":"708.33","avance":"255.00","pieces":[{"nom":"PHA-LGO-Va1-BDC-00002.pdf","sha256":""}],"remplace":null}');
INSERT INTO "segur_evenements" VALUES(5,'demande-preparee','2022-11-15','00003','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','750000003','{"jour":"2022-11-15","numero_editeur":"00003","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","rang":3,"specification":"PHA-LGO-Va1","ligne":"{\"numLigne\":3,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00003\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000003\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00003.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":null,\"libelleTraitement\":null}","finess_geo":"750000003","date_commande":"2022-11-15","regime_tva":"TTC","montant_segur_ht":"708.33","avance":"255.00","pieces":[{"nom":"PHA-LGO-Va1-BDC-00003.pdf","sha256":""}],"remplace":null}');
INSERT INTO "segur_evenements" VALUES(6,'fichier-depose','2022-11-15',NULL,'f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a',NULL,'{"jour":"2022-11-15","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","deduit":false}');
INSERT INTO "segur_evenements" VALUES(7,'retour-recu','2022-11-16',NULL,'f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a',NULL,'{"jour":"2022-11-16","retour":"dde7144f33e08ecc8cc631d4dddd6da7337a52763e31895212785772eb942bf6","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","imp_id":"IMP","entete":"{\"impId\":\"IMP\",\"numeroAns\":\"ANS0000001\",\"SIRET\":\"12345678200010\"}"}');
INSERT INTO "segur_evenements" VALUES(8,'ligne-recue','2022-11-16','00001','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','750000001','{"jour":"2022-11-16","retour":"dde7144f33e08ecc8cc631d4dddd6da7337a52763e31895212785772eb942bf6","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","place":1,"ligne":"{\"numLigne\":1,\"typeAction\":\"C\",\"numeroASP\":\"ASP-00001\",\"numeroEditeur\":\"00001\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000001\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00001.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":\"0000\",\"libelleTraitement\":\"Demande acceptée\"}","issue":"acceptée","numero_editeur":"00001","finess_geo":"750000001","numero_asp":"ASP-00001","code_traitement":"0000","libelle_traitement":"Demande acceptée","appliquee":true,"admise":false,"raison":""}');
INSERT INTO "segur_evenements" VALUES(9,'ligne-recue','2022-11-16','00002','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','750000002','{"jour":"2022-11-16","retour":"dde7144f33e08ecc8cc631d4dddd6da7337a52763e31895212785772eb942bf6","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","place":2,"ligne":"{\"numLigne\":2,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00002\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000002\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00002.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":\"17\",\"libelleTraitement\":\"FINESSGeo inconnu\"}","issue":"rejetée","numero_editeur":"00002","finess_geo":"750000002","numero_asp":null,"code_traitement":"17","libelle_traitement":"FINESSGeo inconnu","appliquee":true,"admise":false,"raison":""}');
INSERT INTO "segur_evenements" VALUES(10,'ligne-recue','2022-11-16','00003','f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','750000003','{"jour":"2022-11-16","retour":"dde7144f33e08ecc8cc631d4dddd6da7337a52763e31895212785772eb942bf6","fichier":"f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a","place":3,"ligne":"{\"numLigne\":3,\"typeAction\":\"C\",\"numeroASP\":\"ASP-00003\",\"numeroEditeur\":\"00003\",\"commande\":{\"dateCommande\":\"01/01/2020\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000003\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00003.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":\"0000\",\"libelleTraitement\":\"Demande acceptée\"}","issue":"acceptée","numero_editeur":"00003","finess_geo":"750000003","numero_asp":"ASP-00003","code_traitement":"0000","libelle_traitement":"Demande acceptée","appliquee":false,"admise":false,"raison":"contenu modifié"}');
INSERT INTO "segur_evenements" VALUES(11,'decision-rendue','2022-11-15','00001',NULL,NULL,'{"jour":"2022-11-15","numero_editeur":"00001","favorable":true,"motif":""}');
INSERT INTO "segur_evenements" VALUES(12,'avance-payee','2022-11-15','00001',NULL,NULL,'{"jour":"2022-11-15","numero_editeur":"00001","montant":"255.00","reference":""}');
INSERT INTO "segur_evenements" VALUES(13,'fichier-prepare','2022-12-02',NULL,'e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e',NULL,'{"jour":"2022-12-02","fichier":"e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e","nom":"JSON-ANS0000001-20221115-002.json","numero_ans":"ANS0000001","siret":"12345678200010","specification":"PHA-LGO-Va1","entete":"{\"impId\":null,\"numeroAns\":\"ANS0000001\",\"SIRET\":\"12345678200010\"}"}');
INSERT INTO "segur_evenements" VALUES(14,'demande-preparee','2022-12-02','00021','e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e','750000002','{"jour":"2022-12-02","numero_editeur":"00021","fichier":"e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e","rang":1,"specification":"PHA-LGO-Va1","ligne":"{\"numLigne\":1,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00021\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000002\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00021.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":null,\"libelleTraitement\":null}","finess_geo":"750000002","date_commande":"2022-11-15","regime_tva":"TTC","montant_segur_ht":"708.33","avance":"255.00","pieces":[{"nom":"PHA-LGO-Va1-BDC-00021.pdf","sha256":""}],"remplace":"00002"}');
INSERT INTO "segur_evenements" VALUES(15,'demande-preparee','2022-12-02','00022','e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e','750000001','{"jour":"2022-12-02","numero_editeur":"00022","fichier":"e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e","rang":2,"specification":"PHA-LGO-Va1","ligne":"{\"numLigne\":2,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00022\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000001\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00022.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":null,\"libelleTraitement\":null}","finess_geo":"750000001","date_commande":"2022-11-15","regime_tva":"TTC","montant_segur_ht":"708.33","avance":"255.00","pieces":[{"nom":"PHA-LGO-Va1-BDC-00022.pdf","sha256":""}],"remplace":null}');
INSERT INTO "segur_evenements" VALUES(16,'fichier-prepare','2022-11-15',NULL,'69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f',NULL,'{"jour":"2022-11-15","fichier":"69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f","nom":"JSON-ANS0000001-20221115-003.json","numero_ans":"ANS0000001","siret":"12345678200010","specification":"PHA-LGO-Va1","entete":"{\"impId\":null,\"numeroAns\":\"ANS0000001\",\"SIRET\":\"12345678200010\"}"}');
INSERT INTO "segur_evenements" VALUES(17,'demande-preparee','2022-11-15','00031','69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f','750000109','{"jour":"2022-11-15","numero_editeur":"00031","fichier":"69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f","rang":1,"specification":"PHA-LGO-Va1","ligne":"{\"numLigne\":1,\"typeAction\":\"C\",\"numeroASP\":null,\"numeroEditeur\":\"00031\",\"commande\":{\"dateCommande\":\"15/11/2022\",\"regimeTVA\":\"TTC\",\"montantSegurHT\":708.33},\"certificatsServeur\":{\"statutAdminTechnique\":\"E\",\"numeroCarteCPX\":\"1234567890\",\"nomAdminTechnique\":\"MARTIN\",\"telAdminTechnique\":\"0102030405\",\"emailAdminTechnique\":\"certificats@editeur.example\"},\"beneficiaire\":{\"nomResponsable\":\"DURAND\",\"emailResponsable\":null,\"telephoneResponsable\":null,\"FINESSGeo\":\"750000109\"},\"piecesJustificatives\":[{\"nomFichier\":\"PHA-LGO-Va1-BDC-00031.pdf\",\"formatFichier\":\"PDF\",\"typeFichier\":\"BON_COMMANDE\"}],\"scenarioInstallation\":{\"hasBALMSSantePersonnelle\":true,\"operateurMessagerie\":null},\"codeTraitement\":null,\"libelleTraitement\":null}","finess_geo":"750000109","date_commande":"2022-11-15","regime_tva":"TTC","montant_segur_ht":"708.33","avance":"255.00","pieces":[{"nom":"PHA-LGO-Va1-BDC-00031.pdf","sha256":""}],"remplace":null}');
INSERT INTO "segur_evenements" VALUES(18,'fichier-abandonne','2022-11-15',NULL,'69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f',NULL,'{"jour":"2022-11-15","fichier":"69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f","motif":""}');
CREATE TABLE segur_fichiers (
	fichier VARCHAR(64) NOT NULL, 
	nom TEXT NOT NULL, 
	numero_ans TEXT NOT NULL, 
	siret TEXT NOT NULL, 
	specification VARCHAR(40) NOT NULL, 
	entete TEXT NOT NULL, 
	phase VARCHAR(20) NOT NULL, 
	jour_preparation DATE NOT NULL, 
	jour_depot DATE, 
	motif TEXT NOT NULL, 
	entame BOOLEAN NOT NULL, 
	PRIMARY KEY (fichier)
);
INSERT INTO "segur_fichiers" VALUES('f38d9786e5e882ea461ab51a8cf591ba051fc96b81ae9df9129f9dde067ef74a','JSON-ANS0000001-20221115-001.json','ANS0000001','12345678200010','PHA-LGO-Va1','{"impId":null,"numeroAns":"ANS0000001","SIRET":"12345678200010"}','déposé','2022-11-15','2022-11-15','',0);
INSERT INTO "segur_fichiers" VALUES('e7dd5e73763aa2cc63af1cd0a6d9748c8d0b78f09206f0ed4ed81cd69966029e','JSON-ANS0000001-20221115-002.json','ANS0000001','12345678200010','PHA-LGO-Va1','{"impId":null,"numeroAns":"ANS0000001","SIRET":"12345678200010"}','préparé','2022-12-02',NULL,'',0);
INSERT INTO "segur_fichiers" VALUES('69369d77746588794eac0da6ca24981cbe0b2507c1038f35e82557095c3e635f','JSON-ANS0000001-20221115-003.json','ANS0000001','12345678200010','PHA-LGO-Va1','{"impId":null,"numeroAns":"ANS0000001","SIRET":"12345678200010"}','abandonné','2022-11-15',NULL,'',0);
CREATE TABLE segur_numeros (
	numero_editeur VARCHAR(5) NOT NULL, 
	pli VARCHAR(10) NOT NULL, 
	PRIMARY KEY (numero_editeur)
);
INSERT INTO "segur_numeros" VALUES('00001','00001');
INSERT INTO "segur_numeros" VALUES('00002','00002');
INSERT INTO "segur_numeros" VALUES('00003','00003');
INSERT INTO "segur_numeros" VALUES('00004','00004');
INSERT INTO "segur_numeros" VALUES('00005','00005');
INSERT INTO "segur_numeros" VALUES('00006','00006');
INSERT INTO "segur_numeros" VALUES('00007','00007');
INSERT INTO "segur_numeros" VALUES('00008','00008');
INSERT INTO "segur_numeros" VALUES('00009','00009');
INSERT INTO "segur_numeros" VALUES('00010','00010');
INSERT INTO "segur_numeros" VALUES('00011','00011');
INSERT INTO "segur_numeros" VALUES('00012','00012');
INSERT INTO "segur_numeros" VALUES('00013','00013');
INSERT INTO "segur_numeros" VALUES('00014','00014');
INSERT INTO "segur_numeros" VALUES('00015','00015');
INSERT INTO "segur_numeros" VALUES('00016','00016');
INSERT INTO "segur_numeros" VALUES('00017','00017');
INSERT INTO "segur_numeros" VALUES('00018','00018');
INSERT INTO "segur_numeros" VALUES('00019','00019');
INSERT INTO "segur_numeros" VALUES('00020','00020');
INSERT INTO "segur_numeros" VALUES('00021','00021');
INSERT INTO "segur_numeros" VALUES('00022','00022');
INSERT INTO "segur_numeros" VALUES('00031','00031');
CREATE TABLE segur_reglages (
	cle VARCHAR(20) NOT NULL, 
	valeur TEXT NOT NULL, 
	PRIMARY KEY (cle)
);
INSERT INTO "segur_reglages" VALUES('version','1');
INSERT INTO "segur_reglages" VALUES('verrou','');
INSERT INTO "segur_reglages" VALUES('alphabet','0123456789');
INSERT INTO "segur_reglages" VALUES('premier','00001');
INSERT INTO "segur_reglages" VALUES('position','21');
CREATE TABLE segur_retours (
	retour VARCHAR(64) NOT NULL, 
	PRIMARY KEY (retour)
);
INSERT INTO "segur_retours" VALUES('dde7144f33e08ecc8cc631d4dddd6da7337a52763e31895212785772eb942bf6');
CREATE INDEX ix_segur_evenements_fichier ON segur_evenements (fichier);
CREATE INDEX ix_segur_evenements_finess_geo ON segur_evenements (finess_geo);
CREATE INDEX ix_segur_evenements_numero_editeur ON segur_evenements (numero_editeur);
CREATE INDEX ix_segur_numeros_pli ON segur_numeros (pli);
CREATE INDEX ix_segur_demandes_fichier ON segur_demandes (fichier);
CREATE INDEX ix_segur_demandes_rejets ON segur_demandes (phase, remplacee_par);
CREATE INDEX ix_segur_demandes_mois ON segur_demandes (mois, phase, montant_centimes, avance_centimes, paye_centimes);
CREATE INDEX ix_segur_demandes_officine ON segur_demandes (finess_geo, phase, numero_editeur);
CREATE INDEX ix_segur_demandes_attente ON segur_demandes (phase, jour_depot);
CREATE INDEX ix_segur_demandes_soldables ON segur_demandes (numero_editeur, phase, numero_asp, finess_geo, paye_centimes, a_verifier);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('segur_evenements',18);
COMMIT;
