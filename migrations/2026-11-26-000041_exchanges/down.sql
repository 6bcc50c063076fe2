DROP TABLE exchange_threads;
DROP TABLE exchanges;
