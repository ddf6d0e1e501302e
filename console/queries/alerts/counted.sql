-- How many findings there are, and how many of them nobody has settled.
SELECT count() AS findings,
       countIf(isNull(`until`) AND ifNull(answer_verdict, 'withdrawn') = 'withdrawn') AS open
FROM alerts FINAL
