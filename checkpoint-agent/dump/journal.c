/*
 * journal - lines of "KEY VALUE": boot, criu, freezer.  A new text is written
 * beside the old one and renamed, so that a kill leaves either of them whole.
 */
#include "checkpoint-agent/dump/journal.h"

#include "lib/base/fd.h"
#include "lib/base/regular.h"
#include "lib/base/whole.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define JOURNAL_NAME "journal"
#define JOURNAL_NEW  "journal.new"
#define JOURNAL_MAX  (2 * PATH_MAX)
#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"

void journal_put(struct buf *b, const struct journal *j)
{
	buf_fmt(b, "boot %s\n", j->boot);
	buf_fmt(b, "criu %u %llu\n", j->criu_pid,
		(unsigned long long)j->criu_start);
	buf_fmt(b, "freezer %s\n", j->freezer);
}

static int parse_criu(struct str line, uint32_t *pid, uint64_t *start)
{
	struct str word;
	uint64_t n;

	if (!str_cut(&line, ' ', &word) || str_u64(word, 0, INT_MAX, &n) < 0)
		return -1;
	*pid = (uint32_t)n;
	return str_u64(line, 0, UINT64_MAX, start);
}

static int take_line(struct str line, struct journal *j)
{
	struct str key;

	if (!str_cut(&line, ' ', &key))
		return -1;
	if (str_is(key, "boot"))
		return str_copy(line, j->boot, sizeof(j->boot));
	if (str_is(key, "freezer"))
		return str_copy(line, j->freezer, sizeof(j->freezer));
	if (str_is(key, "criu"))
		return parse_criu(line, &j->criu_pid, &j->criu_start);
	return -1;
}

int journal_parse(struct str text, struct journal *j, struct err *e)
{
	struct str line;

	*j = (struct journal){0};
	while (str_cut(&text, '\n', &line) && line.n)
		if (take_line(line, j) < 0)
			return err_kind(e, ERR_INPUT, "journal: \"%.*s\"",
				STR_ARG(line));
	return 0;
}

/* Which boot this is.  No memory is asked for: it may be why a dump failed. */
static int read_boot(char boot[JOURNAL_BOOT_BYTES + 1], struct err *e)
{
	char text[2 * JOURNAL_BOOT_BYTES];
	struct buf b = buf_fixed(text, sizeof(text));

	if (file_read(BOOT_ID_FILE, &b, e) < 0)
		return -1;
	return str_copy(str_trim(buf_view(&b)), boot, JOURNAL_BOOT_BYTES + 1) <
			       0
		       ? err_set(e, "%s: too long", BOOT_ID_FILE)
		       : 0;
}

int journal_is_current(const struct journal *j, struct err *e)
{
	char boot[JOURNAL_BOOT_BYTES + 1];

	return read_boot(boot, e) < 0 ? -1 : strcmp(boot, j->boot) == 0;
}

int journal_write(int dir, const struct journal *j, struct err *e)
{
	AUTO_BUF struct buf b = buf_growing(JOURNAL_MAX);
	struct journal now = *j;
	AUTO_FD int fd = openat(dir, JOURNAL_NEW,
		O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, "write %s", JOURNAL_NAME);
	if (read_boot(now.boot, e) < 0)
		return -1;
	journal_put(&b, &now);
	if (whole_check(&b, "journal", e) < 0)
		return -1;
	if (fd_write(fd, b.p, b.n, NULL) < 0 ||
		renameat(dir, JOURNAL_NEW, dir, JOURNAL_NAME) < 0)
		return err_sys(e, "write %s", JOURNAL_NAME);
	return 0;
}

int journal_read(int dir, struct journal *j, struct err *e)
{
	static char text[JOURNAL_MAX];
	struct buf b = buf_fixed(text, sizeof(text));
	struct err why = {0};

	if (regular_read_at(dir, JOURNAL_NAME, &b, &why) == 0)
		return journal_parse(buf_view(&b), j, e) < 0 ? -1 : 1;
	if (why.kind == ERR_ABSENT)
		return 0;
	return err_kind(e, why.kind == ERR_LIMIT ? ERR_INPUT : why.kind, "%s",
		why.text);
}
