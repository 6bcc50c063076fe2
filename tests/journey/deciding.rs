//! From the filed application to the announced decision.

use super::{CALL, World, confirm as confirmed, fill, keep, press, see, signed_in, to};
use crate::support::{browser::Step, programme::id};
use tisserand::{domain::ids::SessionId, store::sessions};

impl World {
    /// The officer finds the file admissible and entrusts it.
    pub(super) fn admit(&self) {
        self.at("2027-02-02 10:00");
        let file = format!("/instruction/{}", self.application());
        let mut steps = signed_in("Lucie Hennebelle");
        steps.push(to("/instruction"));
        steps.push(see("Un océan, deux classes"));
        steps.extend(keep("queue"));
        steps.push(to(&file));
        steps.extend(keep("dossier"));
        steps.extend([press("/recevabilite"), see("recevable"), to(CALL)]);
        steps.extend(confirmed("/instruction"));
        steps.extend([
            Step::Click("Répartir les lectures".into()),
            see("Rien n’est confié avant votre accord"),
            fill("echeance", "2027-03-05"),
            press("/repartition"),
            see("0 sur 2"),
            press("/lectures"),
        ]);
        steps.extend(keep("call"));
        self.walk("admit", steps);
    }

    /// Its two readers score it, each on one screen.
    pub(super) fn score(&self) {
        self.at("2027-02-21 16:00");
        let names = ["Claire Vanhoutte", "Mamadou Sarr", "Elodie Mercier", "Rachid Hamdi"];
        let file = self.application();
        let readings = self.programme.db.read(|conn| tisserand::store::reviews::of_application(conn, file)).unwrap();
        assert_eq!(readings.len(), 2);
        for (number, reading) in readings.iter().enumerate() {
            let reader = self.programme.members.iter().position(|member| id(member) == reading.person_id).unwrap();
            let mut steps = signed_in(names[reader]);
            steps.extend([to("/comite"), see("Un océan, deux classes"), Step::Click("Commencer".into())]);
            for criterion in &self.programme.definition.grid.criteria {
                steps.push(Step::Tick(format!("css=fieldset[id$='{}'] input[value='4']", criterion.code)));
            }
            steps.push(fill("avis", "Un projet sincère, ancré dans son territoire."));
            if number == 0 {
                steps.extend(keep("sheet"));
            }
            steps.extend([Step::Click("Enregistrer et remettre".into()), see("Votre évaluation, remise")]);
            self.walk(&format!("score-{number}"), steps);
        }
    }

    /// The committee meets, awards, and the board confirms.
    pub(super) fn decide(&self) {
        self.at("2027-03-08 09:00");
        // A sign-in lasts two weeks: the officer knocks again.
        let mut plan = signed_in("Lucie Hennebelle");
        plan.extend([
            to("/seances"),
            Step::Choose("css=#champ-appel".into(), "Récital 2027, première session".into()),
            fill("titre", "Jury de mars"),
            fill("date", "2027-03-11"),
            fill("heure", "14:00"),
            fill("lieu", "Maison de l’Europe, Lille"),
            Step::Click("Planifier".into()),
            see("Jury de mars"),
        ]);
        self.walk("plan", plan);
        let session = self.session();
        let at = format!("/seances/{session}");
        let mut meet = vec![
            Step::Become("lucie.hennebelle".into()),
            to(&at),
            press("/ordre-du-jour"),
            see("Un océan, deux classes"),
            press("/convocation"),
        ];
        for member in &self.programme.members[..3] {
            meet.push(Step::Choose(format!("css=#champ-presence-{}", id(member)), "présent·e".into()));
        }
        meet.push(Step::Choose("css=#champ-presidence".into(), "Claire Vanhoutte".into()));
        meet.extend([Step::Click("Noter les présences".into()), press("/ouverture")]);
        meet.extend(keep("session"));
        meet.extend([
            to(format!("{at}/dossiers/{}", self.application())),
            Step::Tick("css=#champ-decision-award".into()),
            fill("montant", "1 000"),
            fill("motif", "Un partenariat construit avec les habitant·es."),
        ]);
        meet.extend(keep("decision"));
        meet.extend([Step::Click("Enregistrer la décision".into()), to(&at)]);
        meet.extend(confirmed("/proces-verbal"));
        self.walk("meet", meet);
        let mut sign = signed_in("Claire Vanhoutte");
        sign.push(to(format!("/comite/seances/{session}/proces-verbal")));
        sign.extend(keep("minutes"));
        sign.extend([Step::Click("Signer le procès-verbal".into()), see("Vous avez signé le procès-verbal")]);
        self.walk("sign", sign);
        let mut confirm = signed_in("Nadia Belkacem");
        confirm.push(to(format!("/direction/seances/{session}")));
        confirm.extend(keep("director"));
        confirm.push(Step::Click("Confirmer les décisions".into()));
        confirm.push(see("Les décisions sont confirmées"));
        self.walk("confirm", confirm);
    }

    fn session(&self) -> SessionId {
        let call = self.programme.call;
        self.programme.db.read(|conn| sessions::of_call(conn, call)).unwrap()[0].id
    }

    /// Until the announcement the holder reads « en cours d’évaluation »; after it, what was decided.
    pub(super) fn announce(&self) {
        self.at("2027-03-22 09:00");
        let file = format!("/dossiers/{}", self.application());
        let mut steps = signed_in("Ines Dewaele");
        steps.extend([to(&file), see("Le comité évalue votre dossier"), Step::Absent("retenu".into())]);
        steps.extend(signed_in("Lucie Hennebelle"));
        steps.push(to(CALL));
        steps.extend(confirmed("/deliberation"));
        steps.extend([to(format!("{CALL}/annonce")), see("Sous embargo")]);
        steps.extend(keep("announcement"));
        steps.extend([
            press("/annonce"),
            see("Les résultats sont annoncés"),
            Step::Become("ines.dewaele".into()),
            to(&file),
            see("Votre projet est retenu"),
        ]);
        steps.extend(keep("told"));
        self.walk("announce", steps);
    }
}
