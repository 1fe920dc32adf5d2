-- Errors kept what stood in a source's address, a password among it. They are
-- written anew where they are still true, and told again.
UPDATE source SET last_error = 'Failed; the next try will say why.'
WHERE last_error LIKE '%://%@%';
UPDATE job SET error = '' WHERE error LIKE '%://%@%';
DELETE FROM notice WHERE kind = 'report' AND text LIKE '%://%@%';

-- So did addresses that were relative to it.
UPDATE article
SET url = substr(url, 1, instr(url, '://') + 2)
    || substr(substr(url, instr(url, '://') + 3), instr(substr(url, instr(url, '://') + 3), '@') + 1)
WHERE instr(url, '://') > 0
    AND instr(substr(url, instr(url, '://') + 3), '@') > 0
    AND instr(substr(url, instr(url, '://') + 3), '@') < instr(substr(url, instr(url, '://') + 3) || '/', '/');
UPDATE article
SET image_url = substr(image_url, 1, instr(image_url, '://') + 2)
    || substr(substr(image_url, instr(image_url, '://') + 3), instr(substr(image_url, instr(image_url, '://') + 3), '@') + 1)
WHERE instr(image_url, '://') > 0
    AND instr(substr(image_url, instr(image_url, '://') + 3), '@') > 0
    AND instr(substr(image_url, instr(image_url, '://') + 3), '@') < instr(substr(image_url, instr(image_url, '://') + 3) || '/', '/');
