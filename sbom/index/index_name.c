/*
 * index_name - Debian puts "_" before the version, everybody else "-" and
 * perhaps a "v".
 */
#include "sbom/index/index_name.h"

#include "sbom/evidence/upstreams.h"

static bool index_name_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The name without what says that it is a tar archive; *is_tar tells. */
static struct str index_name_stem(struct str file, bool *is_tar)
{
	static const char *const suffixes[] = {".tar", ".tar.gz", ".tgz",
		".tar.xz", ".txz", ".tar.zst", ".tar.bz2", ".tar.lz"};

	*is_tar = false;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		if (str_has_suffix(file, str_of(suffixes[i]))) {
			*is_tar = true;
			file.n -= str_of(suffixes[i]).n;
			break;
		}
	if (*is_tar && str_has_suffix(file, STR(".orig")))
		file.n -= STR(".orig").n;
	return file;
}

/* Where the dash before "1.3" or "v1.3" is; s.n for none. */
static size_t index_name_dash(struct str s)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		size_t at = i + 1;

		if (s.p[i] != '-')
			continue;
		if (s.p[at] == 'v' && at + 1 < s.n)
			at++;
		if (index_name_is_digit(s.p[at]))
			return i;
	}
	return s.n;
}

int index_name_split(
	struct str file, struct str *name, struct str *version, struct err *e)
{
	bool is_tar;
	struct str stem = index_name_stem(file, &is_tar);
	size_t at = str_find(stem, '_');
	bool is_debian = at + 1 < stem.n && index_name_is_digit(stem.p[at + 1]);

	if (!is_debian)
		at = index_name_dash(stem);
	*name = str_sub(stem, 0, at);
	*version = str_sub(stem, at + 1, stem.n);
	if (!is_debian && str_has_prefix(*version, STR("v")))
		*version = str_sub(*version, 1, version->n);
	if (is_debian)
		*version = upstream_version(*version);
	if (name->n == 0 || version->n == 0)
		return err_kind(e, ERR_INPUT,
			"%.*s: no name and version in its name; say --as "
			"NAME-VERSION",
			STR_ARG(file));
	return 0;
}
