DROP TABLE public_accountants;
