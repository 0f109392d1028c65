-- What do names sound like? Python sees 5,000 rows at a time: array_agg makes an array of them, UNNEST rows of the reply.
WITH
  FUNCTION slug(names array(varchar))
    RETURNS array(varchar)
    LANGUAGE PYTHON
    DETERMINISTIC
    WITH (handler = 'slugs')
    AS $$
import re
import unicodedata

def slug(name):
    ascii = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", ascii.lower()).strip("-")

def slugs(names):
    return [slug(name) for name in names]
    $$
SELECT count(*) AS rows, count(DISTINCT slug) AS slugs, min(slug) AS first, max(slug) AS last
FROM (
  SELECT slug(array_agg(format('Łódź  Café № %d', sequential_number % 1000))) AS slugs
  FROM TABLE(sequence(start => 1, stop => 100000))
  GROUP BY sequential_number / 5000)
CROSS JOIN UNNEST(slugs) AS t(slug)
