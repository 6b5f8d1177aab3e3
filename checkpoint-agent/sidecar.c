/*
 * sidecar - see sidecar.h.
 *
 * One that an agent left behind when it was killed between the two names has
 * no archive.  It goes after an hour: a younger one may be about an archive
 * that is getting its name now.
 */
#include "checkpoint-agent/sidecar.h"

#include "checkpoint-agent/name.h"
#include "checkpoint-agent/outfile.h"
#include "lib/base/fd.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES (SHA256_HEX + NAME_MAX + 8)
#define ORPHAN_S       3600

static int put_name(char out[NAME_MAX + 1], const char *archive, struct err *e)
{
	int n = snprintf(out, NAME_MAX + 1, "%s" SIDECAR_SUFFIX, archive);

	return n < 0 || n > NAME_MAX
		       ? err_kind(e, ERR_LIMIT, "%s: name too long", archive)
		       : 0;
}

int sidecar_write(int dir, const char *name, const char hex[SHA256_HEX + 1],
	struct err *e)
{
	char path[NAME_MAX + 1], line[LINE_MAX_BYTES];
	struct buf b = buf_fixed(line, sizeof(line));
	struct outfile f;
	int rc;

	buf_fmt(&b, "%s  %s\n", hex, name);
	if (put_name(path, name, e) < 0 || outfile_open(&f, dir, path, e) < 0)
		return -1;
	rc = fd_write(f.fd, b.p, b.n, e);
	if (rc == 0)
		rc = outfile_link(&f, path, e);
	outfile_drop(&f);
	return rc;
}

void sidecar_remove(int dir, const char *name)
{
	char path[NAME_MAX + 1];

	if (put_name(path, name, NULL) == 0)
		unlinkat(dir, path, 0);
}

int sidecar_parse(struct str text, struct str name, char hex[SHA256_HEX + 1],
	struct err *e)
{
	unsigned char hash[SHA256_BYTES];
	struct str rest = text, line;

	str_cut(&rest, '\n', &line);
	if (line.n <= SHA256_HEX + 2 ||
		str_unhex(str_sub(line, 0, SHA256_HEX), hash, sizeof(hash)) <
			0 ||
		!str_eq(str_sub(line, SHA256_HEX, 2), STR("  ")))
		return err_kind(e, ERR_INPUT, "not a line of sha256sum");
	if (!str_eq(str_sub(line, SHA256_HEX + 2, line.n), name))
		return err_kind(e, ERR_INPUT, "it is about another file");
	str_hex(hash, sizeof(hash), hex);
	return 0;
}

int sidecar_read(const char *archive, char hex[SHA256_HEX + 1], struct err *e)
{
	const char *slash = strrchr(archive, '/');
	AUTO_BUF struct buf b = buf_growing(2 * PATH_MAX);
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s" SIDECAR_SUFFIX, archive);

	if (n < 0 || (size_t)n >= sizeof(path) || access(path, F_OK) < 0)
		return 0;
	if (file_read(path, &b, e) < 0)
		return -1;
	if (sidecar_parse(buf_view(&b), str_of(slash ? slash + 1 : archive),
		    hex, e) < 0)
		return err_at(e, "%s", path);
	return 1;
}

static void sweep_one(int dir, const char *file)
{
	const struct str suffix = STR(SIDECAR_SUFFIX);
	struct str name = str_of(file);
	char archive[NAME_MAX + 1];
	struct stat st;
	int64_t time_s;
	uint32_t again;

	if (!str_has_suffix(name, suffix))
		return;
	name.n -= suffix.n;
	if (name_parse_time(name, &time_s, &again) < 0 ||
		str_copy(name, archive, sizeof(archive)) < 0 ||
		faccessat(dir, archive, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	if (fstatat(dir, file, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		st.st_mtim.tv_sec + ORPHAN_S < time(NULL))
		unlinkat(dir, file, 0);
}

int sidecar_sweep(int dir, struct err *e)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!d) {
		fd_close(&fd);
		return err_sys(e, "directory of archives");
	}
	while ((entry = readdir(d)) != NULL)
		sweep_one(dir, entry->d_name);
	closedir(d);
	return 0;
}
