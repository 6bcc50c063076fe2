DROP TABLE evidence_pack_erasures;
