/*
 * apt_file - one file of the pool, by apt-helper's transports, into a file of
 * another name that gets its own when its digest is right.
 */
#include "images/fresh/apt.h"

#include "lib/arc/sha256.h"
#include "lib/base/capture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define APT_FILE_HELPER "/usr/lib/apt/apt-helper"
#define APT_FILE_BYTES  4096

/* Is it there with these bytes? 1, 0 or -1: it is there with others. */
static int apt_file_check(
	const struct offer_file *f, const char *path, struct err *e)
{
	char hex[SHA256_HEX + 1];
	uint64_t size;

	if (access(path, F_OK) < 0)
		return 0;
	if (sha256_file(path, hex, &size, e) < 0)
		return -1;
	if (size == f->size && str_is(f->sha256, hex))
		return 1;
	return err_kind(e, ERR_INPUT,
		"%s is not the file that the index lists (%llu bytes, sha256 "
		"%.*s); delete it to fetch it again",
		path, (unsigned long long)f->size, STR_ARG(f->sha256));
}

/* From one place: a pool, or a directory of bare names. */
static bool apt_file_try(const struct offer_file *f, const char *place,
	bool is_bare, const char *part)
{
	AUTO_BUF struct buf uri = buf_growing(APT_FILE_BYTES);
	AUTO_BUF struct buf sum = buf_growing(APT_FILE_BYTES);
	AUTO_BUF struct buf out = buf_growing((size_t)1 << 20);
	struct str name = is_bare ? str_base_name(f->path) : f->path;

	buf_fmt(&uri, "%s%s%.*s", place,
		str_has_suffix(str_of(place), STR("/")) ? "" : "/",
		STR_ARG(name));
	buf_fmt(&sum, "SHA256:%.*s", STR_ARG(f->sha256));
	{
		const char *const words[] = {APT_FILE_HELPER, "-q",
			"-oAPT::Sandbox::User=root", "-oAcquire::Retries=2",
			"-oAcquire::http::Timeout=60", "download-file",
			buf_cstr(&uri), part, buf_cstr(&sum), NULL};

		return capture(words, &out, NULL) == 0 &&
		       apt_file_check(f, part, NULL) == 1;
	}
}

int apt_file(struct apt *a, const struct offer_file *f, const char *to,
	struct err *e)
{
	AUTO_BUF struct buf part = buf_growing(APT_FILE_BYTES);
	int there = apt_file_check(f, to, e);

	if (there != 0)
		return there;
	buf_fmt(&part, "%s.part", to);
	if (buf_cstr(&part), part.full)
		return err_kind(e, ERR_LIMIT, "%s: path too long", to);
	for (size_t i = 0; i < a->n_places; i++) {
		bool is_first = i < a->n_first;

		if (!apt_file_try(f, a->places[i], false, part.p) &&
			!(is_first &&
				apt_file_try(f, a->places[i], true, part.p)))
			continue;
		if (rename(part.p, to) < 0)
			return err_sys(e, "%s", to);
		return 1;
	}
	unlink(part.p);
	return 0;
}
