/* wording, copyright: what is found in files as they are. */
#include "sbom/licence/wording.h"

#include "sbom/licence/copyright.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- copyright lines ---- */

static void lines_are(const char *text, const char *wanted)
{
	char memory[1000];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str rest = str_of(text), line;

	while (copyright_next(&rest, &line)) {
		copyright_write(line, &b);
		buf_byte(&b, '\n');
	}
	assert_string_equal(buf_cstr(&b), wanted);
}

static void test_lines_of_people(void **state)
{
	(void)state;
	lines_are("/* deflate.c\n"
		  " * Copyright (C) 1995-2024   Jean-loup Gailly\n"
		  " * For conditions see\n */\n",
		"Copyright (C) 1995-2024 Jean-loup Gailly\n");
	lines_are(" *  Copyright The Mbed TLS Contributors\n",
		"Copyright The Mbed TLS Contributors\n");
	lines_are("# Copyright 2003 A; see COPYING\n"
		  "dnl (c) 2004 B\n"
		  "// SPDX-FileCopyrightText: \302\251 2005 C\n",
		"Copyright 2003 A; see COPYING\n"
		"(c) 2004 B\n"
		"SPDX-FileCopyrightText: \302\251 2005 C\n");
	lines_are("/* Copyright (c) Facebook, Inc. and affiliates. */",
		"Copyright (c) Facebook, Inc. and affiliates.\n");
	lines_are(" * Portions Copyright (c) 1996, PostgreSQL Group\n",
		"Portions Copyright (c) 1996, PostgreSQL Group\n");
}

static void test_years_may_take_lines(void **state)
{
	(void)state;
	lines_are(" * Copyright (C) 1993, 1994,\n"
		  " *               1995 Somebody\n"
		  " * no part of it\n",
		"Copyright (C) 1993, 1994, 1995 Somebody\n");
	lines_are("Copyright 2001,", "Copyright 2001,\n");
}

static void test_text_of_licences_is_no_claim(void **state)
{
	(void)state;
	lines_are("* 1. Redistributions must retain the above copyright\n"
		  "*    notice, this list of conditions\n"
		  "THE COPYRIGHT HOLDERS AND CONTRIBUTORS BE LIABLE\n"
		  "Copyright Holders may not\n"
		  "see the copyright notice\n"
		  "a copyright license to reproduce\n"
		  "(c) You must retain, in the Source form\n"
		  "copyright 2008. Licensed under the terms of\n"
		  "char copyright[] = x;\n",
		"");
}

static void test_field_gets_the_word(void **state)
{
	char memory[100];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	copyright_write(STR("2005-2020 Rich Felker\t<x@example.org>"), &b);
	assert_string_equal(buf_cstr(&b),
		"Copyright 2005-2020 Rich Felker <x@example.org>");
	buf_reset(&b);
	copyright_write(STR("Copyright *unknown*"), &b);
	assert_string_equal(buf_cstr(&b), "Copyright *unknown*");
}

/* ---- texts ---- */

static const char gpl2[] = "\t\t    GNU GENERAL PUBLIC LICENSE\n"
			   "\t\t       Version 2, June 1991\n"
			   "\n"
			   " the terms\n"
			   "\t\t     END OF TERMS AND CONDITIONS\n"
			   "\n"
			   "\t    How to Apply These Terms\n";
static const char apache[] =
	"                                 Apache License\n"
	"                           Version 2.0, January 2004\n"
	"   END OF TERMS AND CONDITIONS\n";

static void cut_is(const char *name, const char *before, const char *after,
	const char *wanted)
{
	char memory[2000];
	struct buf b = buf_fixed(memory, sizeof(memory));
	struct str got;

	buf_fmt(&b, "%s%s", before, after);
	got = wording_cut(name, buf_view(&b));
	if (!str_is(got, wanted))
		fail_msg("%s: \"%.*s\"", name, STR_ARG(got));
}

static void test_common_text_is_cut_out(void **state)
{
	const char *terms = "\t\t    GNU GENERAL PUBLIC LICENSE\n"
			    "\t\t       Version 2, June 1991\n"
			    "\n"
			    " the terms\n"
			    "\t\t     END OF TERMS AND CONDITIONS\n";

	(void)state;
	cut_is("GPL-2", gpl2, "", gpl2);
	cut_is("GPL-2", "This is under version 2:\n---\n", gpl2, gpl2);
	/* a file with both, as that of mbedTLS */
	cut_is("GPL-2", apache, gpl2, gpl2);
	cut_is("Apache-2.0", apache, gpl2, apache);
	cut_is("GPL-2", gpl2, apache, terms);
	cut_is("GPL-3", gpl2, apache, "");
	cut_is("LGPL-2.1", "", "", "");
}

static void test_short_texts_are_told_apart(void **state)
{
	const struct str two =
		STR(" * Redistribution and use in source and binary\n"
		    " * forms, with or without\n"
		    " * 2. Redistributions in binary form must reproduce\n");
	const struct str three = STR(
		"Redistribution and use in source and binary forms, with\n"
		"Neither the name may be used to endorse or promote products\n"
		"derived from this software without\n");

	(void)state;
	assert_true(wording_is(STR("BSD-2-Clause"), two));
	assert_false(wording_is(STR("BSD-3-Clause"), two));
	assert_true(wording_is(STR("BSD-3-Clause"), three));
	assert_false(wording_is(STR("MIT"), three));
	assert_false(wording_is(STR("not-known"), three));
	assert_true(wording_is(STR("LicenseRef-public-domain"),
		STR("this is in the Public\n * domain")));
}

static void test_comment_without_marks(void **state)
{
	const struct str source = STR("/* other */\n"
				      "/*\n"
				      " * This is in the public domain,\n"
				      " *   as you like.\n"
				      " */\n"
				      "int x; /* more */\n");
	char memory[200];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	wording_write_comment(
		wording_comment(STR("LicenseRef-public-domain"), source), &b);
	assert_string_equal(buf_cstr(&b),
		"This is in the public domain,\n  as you like.\n");
	assert_int_equal(wording_comment(STR("MIT"), source).n, 0);
}

static void test_field_without_blanks(void **state)
{
	char memory[200];
	struct buf b = buf_fixed(memory, sizeof(memory));

	(void)state;
	wording_write_field(STR(" one\n .\n   two"), &b);
	assert_string_equal(buf_cstr(&b), "one\n\n  two\n");
	assert_true(wording_is_pointer(
		STR(" see /usr/share/common-licenses/GPL-2.")));
	assert_true(wording_is_pointer(STR(" \n")));
	assert_false(wording_is_pointer(STR("do what you like")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines_of_people),
		cmocka_unit_test(test_years_may_take_lines),
		cmocka_unit_test(test_text_of_licences_is_no_claim),
		cmocka_unit_test(test_field_gets_the_word),
		cmocka_unit_test(test_common_text_is_cut_out),
		cmocka_unit_test(test_short_texts_are_told_apart),
		cmocka_unit_test(test_comment_without_marks),
		cmocka_unit_test(test_field_without_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
