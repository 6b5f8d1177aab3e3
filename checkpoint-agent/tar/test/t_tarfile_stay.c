/* Files of a tar that stay in it: what is asked, and what is made instead. */
#include "checkpoint-agent/tar/tarfile_unpack.h"
#include "lib/arc/tar.h"
#include "lib/base/fd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LONG_NAME                                                              \
	"a/name/that/is/too/long/for/the/old/header/of/a/tar/and/therefore/"   \
	"stands/in/a/header/of/its/own/before/the/entry/stays"

struct place {
	char path[64];
	int dir, file;
	unsigned asked;
	uint64_t at, size; /* of the last file that stayed */
};

static int start(void **state)
{
	static struct place p;

	p = (struct place){.file = memfd_create("tar", 0)};
	snprintf(p.path, sizeof(p.path), "/tmp/t_stay-XXXXXX");
	assert_non_null(mkdtemp(p.path));
	p.dir = open(p.path, O_RDONLY | O_DIRECTORY);
	*state = &p;
	return 0;
}

static int finish(void **state)
{
	struct place *p = *state;
	char command[128];

	close(p->dir);
	close(p->file);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", p->path);
	return system(command);
}

static void add(struct tar *t, const char *path, const char *text)
{
	const struct tar_entry e = {.type = TAR_FILE,
		.path = str_of(path),
		.mode = 0600,
		.uid = getuid(),
		.gid = getgid()};

	assert_int_equal(tar_file(t, &e, str_of(text), NULL), 0);
}

static int ask(void *self, const struct tarfile_piece *p, struct buf *name,
	struct buf *bytes, struct err *e)
{
	struct place *place = self;

	(void)e;
	place->asked++;
	if (!str_has_suffix(str_of(p->path), STR("stays")))
		return 0;
	place->at = p->at;
	place->size = p->size;
	if (strcmp(p->path, "stays") == 0)
		return 1; /* nothing in its place */
	buf_text(name, "noted");
	buf_fmt(bytes, "%llu", (unsigned long long)p->at);
	return 1;
}

static int unpack(struct place *p, struct err *e)
{
	static struct input s;
	const struct tarfile_stay stay = {ask, p};
	int rc;

	lseek(p->file, 0, SEEK_SET);
	rc = input_open_fd(&s, p->file, NULL, e);
	if (rc == 0)
		rc = tarfile_unpack_from(&s, p->dir, &stay, e);
	input_close(&s);
	return rc;
}

static void assert_unpacked(
	const struct place *p, const char *name, const char *text)
{
	AUTO_BUF struct buf b = buf_growing(1000);

	assert_int_equal(file_read_at(p->dir, name, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), text);
}

static void assert_stayed(const struct place *p, const char *text)
{
	char found[64] = "";

	assert_int_equal(p->size, strlen(text));
	assert_int_equal(pread(p->file, found, p->size, (off_t)p->at), p->size);
	assert_string_equal(found, text);
}

static void a_file_stays_where_it_is(void **state)
{
	struct place *p = *state;
	struct tar t = tar_start(sink_fd(&p->file));
	struct stat st;

	add(&t, "goes", "is unpacked");
	add(&t, "stays", "stays in the tar");
	add(&t, "last", "is unpacked, too");
	assert_int_equal(tar_end(&t, NULL), 0);
	assert_int_equal(unpack(p, NULL), 0);
	assert_int_equal(p->asked, 3);
	assert_stayed(p, "stays in the tar");
	assert_unpacked(p, "goes", "is unpacked");
	assert_unpacked(p, "last", "is unpacked, too");
	assert_int_equal(fstatat(p->dir, "stays", &st, 0), -1);
}

/* A pax header before the entry moves its content. */
static void a_note_takes_its_place(void **state)
{
	struct place *p = *state;
	struct tar t = tar_start(sink_fd(&p->file));
	char at[24];

	add(&t, LONG_NAME, "far behind its first header");
	assert_int_equal(tar_end(&t, NULL), 0);
	assert_int_equal(unpack(p, NULL), 0);
	assert_stayed(p, "far behind its first header");
	snprintf(at, sizeof(at), "%llu", (unsigned long long)p->at);
	assert_unpacked(p, "noted", at);
}

/* What is compressed lies nowhere as it is. */
static void nothing_of_a_compressed_tar_stays(void **state)
{
	struct place *p = *state;
	char command[128];
	struct tar t;
	int file = memfd_create("plain", 0);

	t = tar_start(sink_fd(&file));
	add(&t, "stays", "would stay");
	assert_int_equal(tar_end(&t, NULL), 0);
	snprintf(command, sizeof(command),
		"gzip -c </proc/%d/fd/%d >/proc/%d/fd/%d", (int)getpid(), file,
		(int)getpid(), p->file);
	assert_int_equal(system(command), 0);
	assert_int_equal(unpack(p, NULL), 0);
	assert_int_equal(p->asked, 0);
	assert_unpacked(p, "stays", "would stay");
	close(file);
}

/* GNU tar writes a file with holes in pieces. */
static void a_file_with_holes_is_unpacked(void **state)
{
	struct place *p = *state;
	char command[256];
	struct stat st;

	snprintf(command, sizeof(command),
		"cd %s && truncate -s 1M stays && printf end >>stays && "
		"tar -S -cf /proc/%d/fd/%d stays && rm stays",
		p->path, (int)getpid(), p->file);
	assert_int_equal(system(command), 0);
	assert_int_equal(unpack(p, NULL), 0);
	assert_int_equal(p->asked, 0);
	assert_int_equal(fstatat(p->dir, "stays", &st, 0), 0);
	assert_int_equal(st.st_size, (1 << 20) + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_file_stays_where_it_is, start, finish),
		cmocka_unit_test_setup_teardown(
			a_note_takes_its_place, start, finish),
		cmocka_unit_test_setup_teardown(
			nothing_of_a_compressed_tar_stays, start, finish),
		cmocka_unit_test_setup_teardown(
			a_file_with_holes_is_unpacked, start, finish),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
