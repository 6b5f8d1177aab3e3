/*
 * export - `keelson export IMAGE --to FORMAT -o PATH`: an image as what other
 * programs than registries take.
 */
#include "images/cmd/commands.h"
#include "images/cmd/export_disc.h"
#include "images/cmd/shipping.h"
#include "images/export/flat_tar.h"
#include "images/export/fs_extra.h"
#include "images/export/unpack.h"
#include "images/read/image_names.h"
#include "images/read/listing_layer.h"
#include "lib/base/secrecy.h"
#include "lib/base/shown.h"
#include "lib/base/unswapped.h"

#include <string.h>

#define EXPORT_NAMES_BYTES ((size_t)256 << 20)

static const char *export_format, *export_output, *export_name;
static const char *export_key, *export_passphrase;

static const struct args_option export_options[] = {
	{.name = "to",
		.type = ARGS_TEXT,
		.value = &export_format,
		.meta = "FORMAT",
		.help = "docker-archive, oci-archive, tar, tree, erofs, "
			"sysext, confext or portable"},
	{.name = "output",
		.letter = 'o',
		.type = ARGS_TEXT,
		.value = &export_output,
		.meta = "PATH",
		.help = "write to PATH, which appears complete or not at all"},
	{.name = "name",
		.type = ARGS_TEXT,
		.value = &export_name,
		.meta = "NAME",
		.help = "of the extension or portable service; else that of "
			"PATH without .raw"},
	{.name = "key",
		.type = ARGS_TEXT,
		.value = &export_key,
		.meta = "FILE",
		.help = "sign the provenance of a file system with this "
			"private key (keelson keygen)"},
	{.name = "passphrase-file",
		.type = ARGS_TEXT,
		.value = &export_passphrase,
		.meta = "FILE",
		.help = "its first line opens the key; else it is asked for"},
	SHIPPING_OPTIONS,
	{.name = NULL},
};

/* ---- which image ------------------------------------------------------ */

static bool export_is_meant(const struct view *v, struct str wanted)
{
	struct str name = image_names_of(v->image);

	return wanted.n == 0 || str_eq(name, wanted) ||
	       (str_has_suffix(name, wanted) && name.n > wanted.n &&
		       (name.p[name.n - wanted.n - 1] == '/' ||
			       name.p[name.n - wanted.n - 1] == ':'));
}

/* Which of the images is meant; *at, and how many are. 0 or -1. */
static int export_find(const char *path, struct str wanted, size_t *at,
	size_t *n_meant, struct err *e)
{
	size_t n_images = 1;

	*n_meant = 0;
	for (size_t i = 0; i < n_images; i++) {
		AUTO_VIEW struct view v = {0};

		if (view_open_at(path, i, &v, e) < 0)
			return -1;
		n_images = v.n_images;
		if (!export_is_meant(&v, wanted))
			continue;
		*at = i;
		++*n_meant;
	}
	return 0;
}

/* LAYOUT, or one of several images of it: LAYOUT:NAME:TAG. */
static int export_open(const char *operand, struct view *v, struct err *e)
{
	static char path[LAYOUT_NAME_PATH_BYTES];
	char wanted[LAYOUT_NAME_WANTED_BYTES];
	size_t at = 0, n_meant;

	if (layout_name_split(operand, path, wanted, e) < 0)
		return -1;
	if (wanted[0] == '\0')
		return view_open(path, v, e);
	if (export_find(path, str_of(wanted), &at, &n_meant, e) < 0)
		return -1;
	if (n_meant != 1)
		return err_kind(e, ERR_ABSENT, "%s: it has %zu images of %s",
			path, n_meant, wanted);
	return view_open_at(path, at, v, e);
}

/* ---- formats ------------------------------------------------------------- */

struct export_format {
	const char *name;
	int (*write)(const struct export_format *f, const char *operand,
		struct err *e);
	enum disc_kind disc; /* of file systems */
	bool is_docker;      /* of archives */
};

static int export_archive_to(const struct export_format *f, const char *operand,
	struct replace *file, struct err *e)
{
	struct shipping s = {.is_alone = f->is_docker};
	struct transfer_sums sums;
	struct to_archive t;
	char hex[SHA256_HEX + 1];
	int done = to_archive_open(&t,
		&(struct to_archive_plan){
			.fd = &file->fd, .has_docker = f->is_docker},
		e);

	s.to_archive = &t;
	if (done == 0)
		done = shipping_from(operand, &s, e);
	if (done == 0)
		done = shipping_put(&s, &sums, e);
	if (done == 0)
		done = to_archive_end(&t, e);
	sink_meter_hex(&t.files.meter, hex);
	to_archive_close(&t);
	if (done < 0 || replace_commit(file, 0644, e) < 0)
		return -1;
	shown_line(stdout, "%s: %s, sha256:%s", export_output, f->name, hex);
	return 0;
}

/* What unpackers could take for two trees goes into no archive either. */
static int export_check(const char *operand, struct err *e)
{
	AUTO_ARENA struct arena a = arena_make(EXPORT_NAMES_BYTES);
	AUTO_LISTING struct listing layer = {0};
	AUTO_VIEW struct view v = {0};

	if (!layout_name_is_there(operand))
		return 0; /* a registry's; it is checked when it is read */
	if (export_open(operand, &v, e) < 0)
		return -1;
	return listing_layer(&v, &a, &layer, e);
}

static int export_archive(
	const struct export_format *f, const char *operand, struct err *e)
{
	AUTO_REPLACE struct replace file = {.fd = -1, .dir = -1};

	if (export_check(operand, e) < 0 ||
		replace_open(&file, export_output, e) < 0)
		return -1;
	return export_archive_to(f, operand, &file, e);
}

static int export_tar(
	const struct export_format *f, const char *operand, struct err *e)
{
	AUTO_REPLACE struct replace file = {.fd = -1, .dir = -1};
	AUTO_VIEW struct view v = {0};
	char hex[SHA256_HEX + 1];

	if (export_open(operand, &v, e) < 0 ||
		replace_open(&file, export_output, e) < 0 ||
		flat_tar_write(&v, &file.fd, hex, e) < 0 ||
		replace_commit(&file, 0644, e) < 0)
		return -1;
	shown_line(stdout, "%s: %s, sha256:%s", export_output, f->name, hex);
	return 0;
}

static int export_tree(
	const struct export_format *f, const char *operand, struct err *e)
{
	AUTO_FS_LAYER struct fs_layer l = {.n_entries = 0};
	AUTO_VIEW struct view v = {0};

	if (export_open(operand, &v, e) < 0 ||
		fs_layer_read(&l, &v, FS_ALL, e) < 0 ||
		fs_tree_seal(&l.tree, l.newest_s, e) < 0 ||
		unpack_layer(&l, export_output, e) < 0)
		return -1;
	shown_line(stdout, "%s: %s of %zu entries", export_output, f->name,
		l.tree.n);
	return 0;
}

/* The name of the file without .raw. */
static int export_choose_name(char *out, size_t size, struct err *e)
{
	struct str name = str_base_name(str_of(export_output));

	if (export_name)
		name = str_of(export_name);
	else if (str_has_suffix(name, STR(".raw")))
		name.n -= STR(".raw").n;
	if (str_copy(name, out, size) < 0 || !fs_extra_is_name(out))
		return err_kind(e, ERR_USAGE,
			"\"%.*s\" is no name for an extension or service: "
			"letters, digits and .-_ make one (--name)",
			STR_ARG(name));
	return 0;
}

static int export_file_system(
	const struct export_format *f, const char *operand, struct err *e)
{
	AUTO_VIEW struct view v = {0};
	char name[256];
	const struct export_disc x = {.kind = f->disc,
		.format = f->name,
		.name = name,
		.path = export_output,
		.key = export_key,
		.passphrase = export_passphrase,
		.wants_json = shipping_values.wants_json};

	if (export_choose_name(name, sizeof(name), e) < 0)
		return -1;
	if (f->disc != DISC_EROFS &&
		!str_has_suffix(str_of(export_output), STR(".raw")))
		return err_kind(e, ERR_USAGE,
			"%s: systemd wants a name that ends in .raw",
			export_output);
	if (export_open(operand, &v, e) < 0)
		return -1;
	return export_disc(&x, &v, e) < 0 ? err_at(e, "%s", operand) : 0;
}

static const struct export_format export_formats[] = {
	{.name = "docker-archive", .write = export_archive, .is_docker = true},
	{.name = "oci-archive", .write = export_archive},
	{.name = "tar", .write = export_tar},
	{.name = "tree", .write = export_tree},
	{.name = "erofs", .write = export_file_system, .disc = DISC_EROFS},
	{.name = "sysext", .write = export_file_system, .disc = DISC_SYSEXT},
	{.name = "confext", .write = export_file_system, .disc = DISC_CONFEXT},
	{.name = "portable",
		.write = export_file_system,
		.disc = DISC_PORTABLE},
};

/* ---- the command --------------------------------------------------------- */

static int export_image(const char *operand, struct err *e)
{
	size_t n = sizeof(export_formats) / sizeof(export_formats[0]);

	if (!export_format || !export_output)
		return err_kind(e, ERR_USAGE, "export: --%s is missing",
			export_format ? "output PATH" : "to FORMAT");
	for (size_t i = 0; i < n; i++)
		if (strcmp(export_formats[i].name, export_format) == 0)
			return export_formats[i].write(
				&export_formats[i], operand, e);
	return err_kind(e, ERR_USAGE,
		"--to %s: none of docker-archive, oci-archive, tar, tree, "
		"erofs, sysext, confext, portable",
		export_format);
}

static int export_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	if (export_key) {
		secrecy_begin();
		unswapped_begin(true);
	}
	return export_image(operands[0], &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_export = {
	.name = "export",
	.operands = "IMAGE",
	.summary = "Write an image as an archive, a tree or a file system",
	.text = "IMAGE is an OCI layout or a tar of one; LAYOUT:NAME:TAG is "
		"one image of several. sysext, confext and portable are disc "
		"images for systemd: EROFS and the hashes of dm-verity, with "
		"the root hash, provenance, SBOM and, with a key, signature "
		"beside them. The same image and name give the same bytes "
		"everywhere.",
	.options = export_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = export_run,
};
