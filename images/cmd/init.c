/*
 * init - `keelson init DIR`: a project that builds, with a program in C.
 *
 * The files are written as they stand below, with the project's name in place
 * of "@"; nothing that exists is changed.
 */
#include "images/cmd/commands.h"
#include "images/project/project.h"
#include "lib/base/fd.h"
#include "lib/base/shown.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INIT_PATH_BYTES 2048
#define INIT_TEXT_BYTES ((size_t)1 << 16)

static const char *init_name;

static const struct args_option init_options[] = {
	{.name = "name",
		.type = ARGS_TEXT,
		.value = &init_name,
		.meta = "NAME",
		.help = "the project's name; that of DIR unless given"},
	{.name = NULL},
};

static const struct init_file {
	const char *path;
	const char *text;
} init_files[] = {
	{"keelson.yaml",
		"# Whose these images are, as every SBOM and label says it.\n"
		"name: @\n"
		"version: \"0.1.0\"\n"
		"supplier: @ # who ships the images: NAME or \"Person: NAME\"\n"
		"licence: NOASSERTION # of your own files, an SPDX "
		"expression\n"
		"# for keelson reproduce\n"
		"build: keelson record --root . -- make && keelson build\n"},
	{"Makefile", "# keelson record -- make: compiles, and notes what is "
		     "compiled and linked.\n"
		     "CFLAGS  = -Os -Wall -Wextra\n"
		     "LDFLAGS = -static\n"
		     "\n"
		     "build/bin/@: src/main.c\n"
		     "\tmkdir -p build/bin build/obj\n"
		     "\t$(CC) $(CFLAGS) -c -o build/obj/main.o src/main.c\n"
		     "\t$(CC) $(LDFLAGS) -o $@ build/obj/main.o\n"},
	{"src/main.c", "#include <stdio.h>\n"
		       "\n"
		       "int main(int argc, char **argv)\n"
		       "{\n"
		       "\tprintf(\"Hello, %s.\\n\", argc > 1 ? argv[1] : "
		       "\"world\");\n"
		       "\treturn 0;\n"
		       "}\n"},
	{"skel/etc/nsswitch.conf", "hosts: files dns\n"},
	{"images/@.yaml",
		"# yaml-language-server: $schema=../image.schema.json\n"
		"# (keelson schema > image.schema.json)\n"
		"name: @\n"
		"title: @\n"
		"description: A program in C, and nothing besides\n"
		"accounts:\n"
		"  run-as: app\n"
		"  users:\n"
		"    - {name: app, uid: 10001}\n"
		"workdir: /\n"
		"entrypoint: [/bin/@]\n"
		"skel:\n"
		"  - /etc/nsswitch.conf\n"
		"programs:\n"
		"  - name: @ # build/bin/@\n"
		"    to: /bin/@\n"
		"directories:\n"
		"  - {path: /tmp, mode: \"1777\"}\n"},
	{".gitignore", "/.keelson\n/build\n/dist\n/image.schema.json\n"},
};

#define INIT_FILES (sizeof(init_files) / sizeof(*init_files))

/* The text with the name for each "@", but not for make's "$@". */
static void put_named(struct buf *out, const char *text, struct str name)
{
	for (const char *c = text; *c; c++) {
		if (*c == '@' && (c == text || c[-1] != '$'))
			buf_str(out, name);
		else
			buf_byte(out, *c);
	}
}

static int file_path(char path[INIT_PATH_BYTES], const char *dir,
	const struct init_file *f, struct str name, struct err *e)
{
	struct buf b = buf_fixed(path, INIT_PATH_BYTES);

	buf_fmt(&b, "%s/", dir);
	put_named(&b, f->path, name);
	buf_byte(&b, '\0');
	return b.full ? err_kind(e, ERR_LIMIT, "%s: path too long", dir) : 0;
}

static int check_absent(const char *dir, struct str name, struct err *e)
{
	char path[INIT_PATH_BYTES];

	for (size_t i = 0; i < INIT_FILES; i++) {
		if (file_path(path, dir, &init_files[i], name, e) < 0)
			return -1;
		if (access(path, F_OK) == 0)
			return err_kind(e, ERR_BUSY,
				"%s exists already; nothing was written", path);
	}
	return 0;
}

static int write_one(const char *dir, const struct init_file *f,
	struct str name, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(INIT_TEXT_BYTES);
	char path[INIT_PATH_BYTES], *slash;

	if (file_path(path, dir, f, name, e) < 0)
		return -1;
	slash = strrchr(path, '/');
	*slash = '\0';
	if (dir_make(path, 0755, e) < 0)
		return -1;
	*slash = '/';
	put_named(&text, f->text, name);
	return file_write(path, buf_view(&text), 0644, e);
}

/* The name of the directory, whatever way it is written. */
static int name_of_directory(
	const char *dir, char out[NAME_MAX + 1], struct err *e)
{
	char *real = realpath(dir, NULL); /* heap */
	struct str name = str_base_name(str_of(real));
	int done = real ? str_copy(name, out, NAME_MAX + 1) : -1;

	free(real);
	return done < 0 ? err_sys(e, "%s", dir) : 0;
}

/* Whether a project may have the name, by its own rule. */
static int check_project_name(struct str name, struct err *e)
{
	AUTO_BUF struct buf text = buf_growing(INIT_TEXT_BYTES);
	AUTO_PROJECT struct project p = {0};

	put_named(&text, init_files[0].text, name);
	if (project_parse(buf_view(&text), PROJECT_FILE, &p, NULL) == 0)
		return 0;
	return err_kind(e, ERR_USAGE,
		"\"%.*s\" cannot be the name of a project: lower-case letters, "
		"digits and '-'; say --name NAME",
		STR_ARG(name));
}

static int init_write(const char *dir, struct err *e)
{
	char own[NAME_MAX + 1];
	struct str name;

	if (dir_make(dir, 0755, e) < 0 || name_of_directory(dir, own, e) < 0)
		return -1;
	name = str_of(init_name ? init_name : own);
	if (check_project_name(name, e) < 0 || check_absent(dir, name, e) < 0)
		return -1;
	for (size_t i = 0; i < INIT_FILES; i++)
		if (write_one(dir, &init_files[i], name, e) < 0)
			return -1;
	shown_line(stdout, "project %.*s in %s", STR_ARG(name), dir);
	printf("next: cd to it; keelson record --root . -- make; keelson "
	       "build\n");
	return 0;
}

static int init_run(size_t n, const char *const *operands)
{
	struct err e = {0};

	(void)n;
	return init_write(operands[0], &e) < 0 ? command_failure(&e) : 0;
}

const struct args_command command_init = {
	.name = "init",
	.operands = "DIR",
	.summary = "Make a project that builds an image",
	.text = "Writes keelson.yaml, a definition, a program in C with its "
		"Makefile, and a skeleton file. What exists is not changed.",
	.options = init_options,
	.min_operands = 1,
	.max_operands = 1,
	.run = init_run,
};
