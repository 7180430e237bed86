# `make package`: a Debian package of what `cmake --install` puts below /usr, the same byte for byte whenever and wherever the same
# commit is built with the same compiler and libraries.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME queuetrace)
set(CPACK_PACKAGE_CONTACT "The queuetrace authors <queuetrace@localhost>" CACHE STRING "Whoever makes the package")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Loaded only when they are needed, so that no tool finds them in the program: libpq by PostgreSQL, OpenSSL by Redis (Debian 13's
# libssl3t64 provides libssl3), libjq by --jq, libcurl by traces over HTTP.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libpq5, libssl3, libjq1")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libcurl4t64 | libcurl4")
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "look into and repair background-job queues, and link jobs to their traces
queuetrace reads job queues where they live, in PostgreSQL, Redis and SQLite,
whichever library wrote them. It finds jobs by trace id or correlation id,
shows them in one vocabulary, draws the tree and the timeline of a trace from
the jobs themselves, and links them to the trace viewer.
.
Jobs can be retried, cancelled, moved, deleted and purged: with a plan first,
a backup, and a way back.")
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_LIST_DIR}/package/content.cmake)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS ${CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS})
include(CPack)
