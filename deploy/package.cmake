# The Debian package: `cpack -G DEB` in the build folder (docs/operations.md, "The package").
set(programs busbar busbar-ingestd busbar-unpack busbar-sftp busbar-sftp-keys busbar-ftpsd busbar-apid busbar-dropd
    busbar-push busbar-auditd busbar-verify busbar-witness busbar-agreementd busbar-bounce busbar-portald busbar-hookd)
install(TARGETS ${programs} RUNTIME DESTINATION bin)
install(DIRECTORY sql/ DESTINATION share/busbar/sql FILES_MATCHING PATTERN "*.sql" PATTERN apply EXCLUDE)
# scripts that the guides name: deploy/backup is /usr/share/busbar/deploy/backup
install(DIRECTORY deploy/nginx deploy/sshd deploy/postgresql deploy/prometheus DESTINATION share/busbar/deploy
    USE_SOURCE_PERMISSIONS)
install(PROGRAMS deploy/backup deploy/restore DESTINATION share/busbar/deploy)
install(FILES deploy/lib/say.sh deploy/lib/backup.sh DESTINATION share/busbar/deploy/lib)
install(PROGRAMS deploy/lib/objects.py DESTINATION share/busbar/deploy/lib)
file(GLOB units CONFIGURE_DEPENDS deploy/systemd/*.service deploy/systemd/*.socket deploy/systemd/*.timer)
install(FILES ${units} DESTINATION lib/systemd/system)
install(FILES deploy/systemd/busbar.sysusers DESTINATION lib/sysusers.d RENAME busbar.conf)
install(FILES deploy/systemd/busbar.tmpfiles DESTINATION lib/tmpfiles.d RENAME busbar.conf)
install(DIRECTORY docs/ DESTINATION share/doc/busbar FILES_MATCHING PATTERN "*.md" PATTERN decisions EXCLUDE)

# it packs what is built
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY TRUE)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME busbar)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the operators of this hub <root@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "meter-data hub of several utilities")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 0)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# what the demo needs besides: deploy/packages/run is the list, and a mail sink is no part of a hub
file(STRINGS deploy/packages/run needed REGEX "^[a-z]")
list(FILTER needed EXCLUDE REGEX "demo")
string(REPLACE ";" ", " needed "${needed}")
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${needed}, adduser, systemd | systemd-standalone-sysusers, systemd | systemd-standalone-tmpfiles")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/deploy/debian/postinst;${CMAKE_SOURCE_DIR}/deploy/debian/prerm;${CMAKE_SOURCE_DIR}/deploy/debian/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
