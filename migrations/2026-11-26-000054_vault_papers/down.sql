DROP TABLE vault_papers;
