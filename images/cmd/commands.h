/*
 * commands - the subcommands of keelson, one file each, for keelson.c's table.
 *
 * All report errors as one line on standard error and end with 0 for success,
 * 1 for failure, 2 for a wrong command line.
 */
#ifndef KEELSON_IMAGES_CMD_COMMANDS_H
#define KEELSON_IMAGES_CMD_COMMANDS_H

#include "lib/base/args.h"
#include "lib/base/err.h"

extern const struct args_command command_init;
extern const struct args_command command_build_project;
extern const struct args_command command_reproduce;

/* image build, image join, image list, image show */
extern const struct args_command command_build;
extern const struct args_command command_join;
extern const struct args_command command_list;
extern const struct args_command command_show;

extern const struct args_command command_schema;
extern const struct args_command command_keygen;
extern const struct args_command command_sign;
extern const struct args_command command_attest;
extern const struct args_command command_verify;
extern const struct args_command command_release;
extern const struct args_command command_verify_release;
extern const struct args_command command_diff;
extern const struct args_command command_record;
extern const struct args_command command_index;
extern const struct args_command command_sbom;
extern const struct args_command command_why;
extern const struct args_command command_vex;
extern const struct args_command command_omnibor;
extern const struct args_command command_find;
extern const struct args_command command_prove;
extern const struct args_command command_audit;
extern const struct args_command command_licences;
extern const struct args_command command_relink;
extern const struct args_command command_provenance;
extern const struct args_command command_inspect;
extern const struct args_command command_report;

/* images to and from registries */
extern const struct args_command command_push;
extern const struct args_command command_pull;
extern const struct args_command command_copy;

/* images as files of other kinds */
extern const struct args_command command_export;
extern const struct args_command command_export;
extern const struct args_command command_bundle;
/* sources of the archive */
extern const struct args_command command_update;
extern const struct args_command command_add_source;
extern const struct args_command command_fetch;
extern const struct args_command command_recipe;

/* import apko */
extern const struct args_command command_import_apko;

/* sbom check */
extern const struct args_command command_check;

/* Print "keelson: ERROR" on standard error. Returns the exit code. */
int command_failure(const struct err *e);

#endif
