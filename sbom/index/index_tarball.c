/*
 * index_tarball - libarchive reads, entry by entry; each file is held whole,
 * because the id of a file begins with its size.
 */
#include "sbom/index/index_tarball.h"

#include <archive.h>
#include <archive_entry.h>

static int index_tarball_fail(
	struct archive *in, const char *path, struct err *e)
{
	const char *why = archive_error_string(in);

	return err_kind(e, ERR_INPUT,
		"%s: %s (a tar archive, plain or by gzip, xz or zstd, is "
		"read; unpack others and give the directory)",
		path, why != NULL ? why : "cannot be read");
}

static int index_tarball_content(
	struct archive *in, struct buf *out, uint64_t *total, struct err *e)
{
	char chunk[4096];
	la_ssize_t n;

	buf_reset(out);
	while ((n = archive_read_data(in, chunk, sizeof(chunk))) > 0) {
		buf_put(out, chunk, (size_t)n);
		*total += (uint64_t)n;
		if (out->full || *total > INDEX_TARBALL_TOTAL_MAX)
			return err_kind(e, ERR_LIMIT,
				"more than %u bytes in a file, or too many in "
				"all",
				INDEX_TARBALL_FILE_MAX);
	}
	if (n < 0)
		return err_kind(e, ERR_INPUT, "damaged");
	return 0;
}

static int index_tarball_entries(struct index_maker *k, struct archive *in,
	const char *path, struct err *e)
{
	AUTO_BUF struct buf content = buf_growing(INDEX_TARBALL_FILE_MAX);
	struct archive_entry *entry;
	uint64_t total = 0;
	int status;

	while ((status = archive_read_next_header(in, &entry)) == ARCHIVE_OK ||
		status == ARCHIVE_WARN) {
		const char *name = archive_entry_pathname(entry);

		if (name == NULL || archive_entry_filetype(entry) != AE_IFREG ||
			archive_entry_hardlink(entry) != NULL)
			continue;
		if (index_tarball_content(in, &content, &total, e) < 0 ||
			index_make_add(k, str_of(name), buf_view(&content), e) <
				0)
			return err_at(e, "%s: %s", path, name);
	}
	return status == ARCHIVE_EOF ? 0 : index_tarball_fail(in, path, e);
}

int index_tarball_add(struct index_maker *k, const char *path, struct err *e)
{
	struct archive *in = archive_read_new();
	int rc;

	if (in == NULL)
		return err_kind(e, ERR_LIMIT, "no memory for an archive");
	archive_read_support_format_tar(in);
	archive_read_support_filter_gzip(in);
	archive_read_support_filter_xz(in);
	archive_read_support_filter_zstd(in);
	rc = archive_read_open_filename(in, path, 65536) == ARCHIVE_OK
		     ? index_tarball_entries(k, in, path, e)
		     : index_tarball_fail(in, path, e);
	archive_read_free(in);
	return rc;
}
