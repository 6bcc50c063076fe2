//! Identity numbers and addresses of people and organisations, parsed and checked: SIRET, RNA, UAI, IBAN, BIC, e-mail, phone.
