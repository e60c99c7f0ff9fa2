/* What is wrong in a spreadsheet, in Spanish: what its reader found (hub/meter/csv_value.c,
 * format_csv.c, roster.c, invitation.c) and what the database says of a row, with %s for what
 * they fill in, which is put into Spanish by itself. What has no row here stays as it is. */
/* clang-format off */
X("a date YYYY-MM-DD",
  "una fecha AAAA-MM-DD")
X("a time such as %s",
  "una hora como %s")
X("a time of day from 00:00 to 24:00",
  "una hora del día de 00:00 a 24:00")
X("a number of kWh",
  "un número de kWh")
X("a number of 0 or more with at most three decimals",
  "un número desde 0, con tres decimales como máximo")
X("an amount with at most four decimals",
  "un importe con cuatro decimales como máximo")
X("a price with at most six decimals",
  "un precio con seis decimales como máximo")
X("%s; %s must not be empty",
  "%s; %s no puede estar vacío")
X("17 or 22 digits that begin with 10",
  "17 o 22 cifras que empiecen por 10")
X("a meter number of at most 32 letters, digits and hyphens",
  "un número de medidor de 32 letras, cifras y guiones como máximo")
X("at most %s bytes of UTF-8 without control characters",
  "%s bytes de UTF-8 como máximo, sin caracteres de control")
X("items of at most %s bytes of UTF-8 between semicolons",
  "entre puntos y comas, palabras de %s bytes de UTF-8 como máximo")
X("at most %s digits",
  "%s cifras como máximo")
X("%s digits",
  "%s cifras")
X("a whole number from 0 to %s",
  "un número entero de 0 a %s")
X("%s, as in the header line",
  "%s, como en la línea de los nombres")
X("%s fields",
  "%s campos")
X("one of %s",
  "uno de %s")
X("each column once",
  "cada columna una vez")
X("the column %s, which every %s file has",
  "la columna %s, que no puede faltar")
X("a header line without it",
  "una línea de nombres sin ella")
X("a line of column names",
  "una línea con los nombres de las columnas")
X("the end of the file",
  "el final del archivo")
X("a CSV record (RFC 4180)",
  "una línea de CSV (RFC 4180)")
X("quotes around all of it",
  "comillas alrededor de todo el campo")
X("quote inside a field",
  "comillas dentro de un campo")
X("a comma or a new line",
  "una coma o una línea nueva")
X("text behind a closing quote",
  "texto después de las comillas finales")
X("one more record of the group",
  "una fila más del grupo")
X("one more record",
  "una fila más")
X("at most %s records",
  "%s filas como máximo")
X("at most 500 premises in an agreement",
  "500 lugares por acuerdo como máximo")
X("a group of at most 100 premises on this page",
  "en esta página, un grupo de 100 lugares como máximo")
X("the %s of line %s, of the same group",
  "lo mismo (%s) que en la línea %s, del mismo grupo")
X("another one",
  "otro")
X("no fault in line %s, of the same group",
  "ningún error en la línea %s, del mismo grupo")
X("a group with a fault",
  "un grupo con un error")
X("nobody is asked for a group that has a fault",
  "por un grupo con un error no se pregunta a nadie")
X("the ESI ID, meter number and REP certificate do not belong together",
  "el ESI ID, el número de medidor y el certificado del proveedor no van juntos")
X("this premise stands above already",
  "este lugar ya está más arriba")
X("%s months, expected at most 12: not a large business",
  "%s meses; como máximo 12, pues no es un negocio grande")
X("an invitation for this premise waits for its answer",
  "una invitación por este lugar espera respuesta")
X("an invitation for one of these premises waits for its answer",
  "una invitación por uno de estos lugares espera respuesta")
X("this mailbox has had three invitations today, which is the most",
  "este correo ya recibió hoy tres invitaciones, que es el máximo")
/* clang-format on */
