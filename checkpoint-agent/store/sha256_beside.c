/*
 * sha256_beside - one line of text, written and parsed.
 */
#include "checkpoint-agent/store/sha256_beside.h"

#include "checkpoint-agent/store/beside.h"
#include "lib/base/fd.h"
#include "lib/base/regular.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#define LINE_MAX_BYTES (SHA256_HEX + NAME_MAX + 8)

int sha256_beside_write(int dir, const char *name,
	const char hex[SHA256_HEX + 1], int *lock, struct err *e)
{
	char line[LINE_MAX_BYTES];
	struct buf b = buf_fixed(line, sizeof(line));

	buf_fmt(&b, "%s  %s\n", hex, name);
	return beside_write(&(struct beside){dir, name, BESIDE_SHA256},
		buf_view(&b), lock, e);
}

int sha256_beside_parse(struct str text, struct str name,
	char hex[SHA256_HEX + 1], struct err *e)
{
	unsigned char hash[SHA256_BYTES];
	struct str rest = text, line;

	str_cut(&rest, '\n', &line);
	if (line.n <= SHA256_HEX + 2 ||
		str_unhex(str_sub(line, 0, SHA256_HEX), hash, sizeof(hash)) <
			0 ||
		!str_eq(str_sub(line, SHA256_HEX, 2), STR("  ")))
		return err_kind(e, ERR_INPUT, "not a line of sha256sum(1)");
	if (!str_eq(str_sub(line, SHA256_HEX + 2, line.n), name))
		return err_kind(e, ERR_INPUT, "it names another file");
	str_hex(hash, sizeof(hash), hex);
	return 0;
}

int sha256_beside_read(
	const char *archive, char hex[SHA256_HEX + 1], struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(2 * PATH_MAX);
	AUTO_FD int fd = -1;
	struct err why = {0};
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s" BESIDE_SHA256, archive);

	if (n < 0 || (size_t)n >= sizeof(path))
		return 0;
	/* a long name of somebody else's leaves no room for the suffix */
	if (regular_open(path, &fd, &why) < 0)
		return why.kind == ERR_ABSENT || why.sys == ENAMETOOLONG
			       ? 0
			       : err_kind(e, why.kind, "%s", why.text);
	if (fd_read_all(fd, &b, e) < 0)
		return err_at(e, "%s", path);
	if (sha256_beside_parse(
		    buf_view(&b), str_base_name(str_of(archive)), hex, e) < 0)
		return err_at(e, "%s", path);
	return 1;
}
