#!/usr/bin/env bats
# Five source packages of others, built with and without keelson record: make,
# autotools with libtool, cmake with ninja, meson.
# lab: strangers
# area: static-build sbom

setup() {
	. /keelson/static-build/test/strangers.bash
}

@test "lua5.4: a makefile alone" {
	stranger lua5.4 strangers-few
}

@test "protobuf-c: libtool" {
	stranger protobuf-c strangers-few
}

@test "libpng1.6: libtool, a needed library" {
	stranger libpng1.6 strangers-few
}

@test "cjson: cmake with ninja" {
	stranger cjson strangers-few
}

@test "libinih: meson, C++" {
	stranger libinih strangers-few
}
