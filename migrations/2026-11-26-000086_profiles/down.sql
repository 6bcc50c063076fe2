DROP TABLE mandates;
DROP TABLE organisation_profiles;
