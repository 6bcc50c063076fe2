DROP TABLE evidence_pack_grants;
DROP TABLE evidence_packs;
