/* What the database refuses, in Spanish: each message of a function that portald may reach, as
 * it stands there, with %s for what it fills in; tests/lint/says finds those that are missing.
 */
/* clang-format off */
X("\"%s\" has a person with that mailbox already",
  "«%s» ya tiene una persona con ese correo")
X("\"%s\" has no second factor",
  "«%s» no tiene segundo factor")
X("\"%s\" has waited longer: give a reason to go out of turn",
  "«%s» espera desde antes: dé un motivo para saltarse el turno")
X("\"%s\" is no event of an agreement",
  "«%s» no es un suceso de un acuerdo")
X("\"%s\" is not for %s to ask for",
  "«%s» no puede pedirlo %s")
X("\"%s\" is not for a person of the %s",
  "«%s» no es para una persona de %s")
X("\"%s\" is not possible for a CSP that is %s",
  "«%s» no es posible para un tercero en estado %s")
X("\"%s\" is not possible for a subscription that is %s",
  "«%s» no es posible para una suscripción en estado %s")
X("\"%s\" is not possible for an agreement that is %s",
  "«%s» no es posible para un acuerdo en estado %s")
X("\"%s\" is not possible for delivery %s, which is %s",
  "«%s» no es posible para el envío %s, que está en estado %s")
X("\"%s\" is not possible for drop %s, which is %s",
  "«%s» no es posible para la entrega %s, que está en estado %s")
X("\"%s\" is not possible for file %s, which is %s",
  "«%s» no es posible para el archivo %s, que está en estado %s")
X("\"%s\" is not possible for webhook %s, which is %s",
  "«%s» no es posible para el webhook %s, que está en estado %s")
X("\"%s\" of %s has been asked for and waits for a second person",
  "«%s» de %s ya se pidió y espera a una segunda persona")
X("\"%s\", expected pause, resume or end",
  "«%s»: se espera pause, resume o end")
X("\"%s\": expected a day and a time",
  "«%s»: se esperan un día y una hora")
X("\"%s\": expected a day, as 2026-11-27",
  "«%s»: se espera un día, como 2026-11-27")
X("\"%s\": expected a whole number",
  "«%s»: se espera un número entero")
X("\"%s\": there is no such ESI ID",
  "«%s»: no existe ese ESI ID")
X("\"%s\": there is no such day",
  "«%s»: no existe ese día")
X("\"%s\": there is no such day or time",
  "«%s»: no existe ese día o esa hora")
X("\"resume\" is not possible for a CSP that is %s",
  "no se puede reanudar un tercero en estado %s")
X("%s has reviewed or approved it already: the second approval is another person's",
  "%s ya lo revisó o aprobó: la segunda aprobación es de otra persona")
X("%s is \"%s\", expected a whole number from %s to %s",
  "%s es «%s»: se espera un número entero de %s a %s")
X("%s is not changed here",
  "%s no se cambia aquí")
X("%s premises and %s days are more than 2,000,000 meter-days: ask for fewer, or have a drop made",
  "%s lugares y %s días son más de 2,000,000 de días de medidor: pida menos, o encargue una entrega")
X("%s: expected words, at most 500 characters",
  "falta el motivo, o pasa de 500 caracteres (%s)")
X("DUNS \"%s\", expected 9 or 13 digits",
  "DUNS «%s»: se esperan 9 o 13 cifras")
X("a %s has no box",
  "%s no tiene buzón")
X("a %s has no right to reads",
  "%s no tiene derecho a lecturas")
X("a case is open for 1 to 90 days",
  "un expediente está abierto de 1 a 90 días")
X("a complaint of a utility names the utility",
  "la queja de una distribuidora nombra la distribuidora")
X("a customer has no box that drops could go to",
  "un cliente no tiene buzón al que puedan ir entregas")
X("a device with that address has joined already, or is about to",
  "un aparato con esa dirección ya se unió, o está por unirse")
X("a newer challenge of this endpoint is under way",
  "ya está en curso una comprobación más nueva de este destino")
X("a person signs in by a password alone",
  "una persona entra solo con contraseña")
X("a public client has no secret",
  "un programa público no tiene secreto")
X("a revocation needs a reason",
  "una revocación necesita un motivo")
X("a second person has not approved it yet",
  "una segunda persona aún no lo ha aprobado")
X("a suspension needs a reason",
  "una suspensión necesita un motivo")
X("a third party removes only what it had join", "un tercero solo retira lo que él mismo conectó")
X("a third party that is %s invites nobody, expected ACTIVE",
  "un tercero en estado %s no invita a nadie: ha de estar activo")
X("a third party that is not live has to do with premises of the sandbox alone",
  "un tercero que aún no está activo solo trata con lugares de la zona de pruebas")
X("agreement %s is not held, it is %s",
  "el acuerdo %s no está retenido: está en estado %s")
X("agreements are for third parties and their customers",
  "los acuerdos son de los terceros y de sus clientes")
X("an order names the utilities that it directs",
  "una orden nombra las distribuidoras a las que se dirige")
X("an order names the utilities that it directs, by their codes",
  "una orden nombra por sus códigos las distribuidoras a las que se dirige")
X("an organisation keeps one admin at least: make another one first",
  "una organización conserva al menos un administrador: nombre antes otro")
X("another third party has this DUNS number",
  "otro tercero tiene este número DUNS")
X("another third party is registered with this tax ID",
  "otro tercero está registrado con este número fiscal")
X("approval %s is %s already",
  "la aprobación %s ya está en estado %s")
X("approval %s waited too long: ask anew",
  "la aprobación %s esperó demasiado: pídala de nuevo")
X("args: %s takes no \"%s\"",
  "args: %s no lleva «%s»")
X("args: expected an object",
  "args: se espera un objeto")
X("at most 1000 ESI IDs at once",
  "como máximo 1000 ESI ID a la vez")
X("choice is \"%s\", expected CONFIRM, DECLINE or REPORT",
  "la respuesta es «%s»: se espera CONFIRM, DECLINE o REPORT")
X("clock.movable is set by the owner of the schema alone",
  "clock.movable solo lo fija el dueño del esquema")
X("complaint %s is %s already",
  "la queja %s ya está en estado %s")
X("costs are for at most 100 premises at once",
  "los costos son para 100 lugares a la vez como máximo")
X("drop %s of this period is %s already",
  "la entrega %s de este período ya está en estado %s")
X("expected 1 hour to 40 days",
  "se espera de 1 hora a 40 días")
X("expected 1 to 20 premises, each with its ESI ID, meter number and REP certificate number",
  "se esperan de 1 a 20 lugares, cada uno con su ESI ID, número de medidor y número de certificado del proveedor")
X("expected 1 to 400 days kept, a quota above 0, 1 to 10000 sessions, and REQUIRE, PREFER or OFF",
  "se esperan de 1 a 400 días de conservación, un cupo mayor que 0, de 1 a 10000 sesiones, y REQUIRE, PREFER u OFF")
X("expected 1 to 50 ESI IDs, or the mailbox of one customer",
  "se esperan de 1 a 50 ESI ID, o el correo de un cliente")
X("expected 1 to 90 days",
  "se esperan de 1 a 90 días")
X("expected a PASSWORD, CERTIFICATE, SSH_KEY or TOKEN, a label of 1 to 100 characters and a digest of 32 bytes",
  "se espera PASSWORD, CERTIFICATE, SSH_KEY o TOKEN, un nombre de 1 a 100 caracteres y un resumen de 32 bytes")
X("expected a SHA-256 of 32 bytes",
  "se espera un SHA-256 de 32 bytes")
X("expected a complaint of CUSTOMER, TDU or COMMISSION, a red flag of a to f, and a reference of 1 to 100 characters",
  "se espera una queja de CUSTOMER, TDU o COMMISSION, una señal de alerta de la a a la f, y una referencia de 1 a 100 caracteres")
X("expected a cursor as it stood in a request, or 0",
  "se espera un cursor tal como estaba en una petición, o 0")
X("expected a day that is not in the future, and 1 to 31 days",
  "se espera un día que no esté por venir, y de 1 a 31 días")
X("expected a docket of letters, digits, blanks, points and hyphens, and what is ordered",
  "se espera un expediente de letras, cifras, espacios, puntos y guiones, y lo que se ordena")
X("expected a docket of letters, digits, blanks, points and hyphens, what of SUSPEND, TERMINATE or LIFT, the day of the notice, and the order itself as a file",
  "se espera un expediente de letras, cifras, espacios, puntos y guiones, lo que se ordena (SUSPEND, TERMINATE o LIFT), el día del aviso y la orden misma como archivo")
X("expected a first day not after the last, and at most 4000 days",
  "se espera un primer día no posterior al último, y 4000 días como máximo")
X("expected a first day not after the last, and at most 800 days",
  "se espera un primer día no posterior al último, y 800 días como máximo")
X("expected a kind of BUSBAR or UTILITYAPI, an https:// address without a query, of at most 400 characters, and a label of at most 100",
  "se espera un tipo BUSBAR o UTILITYAPI, una dirección https:// sin consulta, de 400 caracteres como máximo, y un nombre de 100 como máximo")
X("expected a kind of BUSBAR or UTILITYAPI; BatchLists go to the notify_uri of a program",
  "se espera un tipo BUSBAR o UTILITYAPI; las BatchList van al notify_uri de un programa")
X("expected a kind, titles of 1 to 120 characters and texts of at most 1000",
  "se esperan un tipo, títulos de 1 a 120 caracteres y textos de 1000 como máximo")
X("expected a label of 1 to 100 characters and 1 to 366 days",
  "se espera un nombre de 1 a 100 caracteres y de 1 a 366 días")
X("expected a label; kinds out of interval, register, billing; SMT_CSV, CSV, LSE, GREEN_BUTTON or JSONL; NONE, GZIP, ZIP or ZSTD; DAILY, WEEKLY with a weekday 1 to 7, MONTHLY with a day 1 to 31, ONCE with 1 to 24 months, or CHANGE (CSV or JSONL); LSE, Green Button and CHANGE for interval alone",
  "se espera un nombre; tipos entre interval, register y billing; SMT_CSV, CSV, LSE, GREEN_BUTTON o JSONL; NONE, GZIP, ZIP o ZSTD; DAILY, WEEKLY con un día de 1 a 7, MONTHLY con un día de 1 a 31, ONCE con 1 a 24 meses, o CHANGE (CSV o JSONL); LSE, Green Button y CHANGE solo para interval")
X("expected a number of letters, digits, blanks, points and hyphens",
  "se espera un número de letras, cifras, espacios, puntos y guiones")
X("expected a party, one of the classes %s and a number of 1 to 100,000,000",
  "se espera una organización, una de las clases %s y un número de 1 a 100,000,000")
X("expected a reason of 1 to 300 characters, which the applicant is told",
  "se espera un motivo de 1 a 300 caracteres, que se comunica al solicitante")
X("expected a sealed secret",
  "se espera un secreto sellado")
X("expected a stated use of 10 to 600 characters in English and in Spanish; standing and capability of 1 to 500; at most ten redirect addresses; a certificate of at most 16 KiB",
  "se esperan un uso declarado de 10 a 600 caracteres en inglés y en español; situación y capacidad de 1 a 500; diez direcciones de retorno como máximo; un certificado de 16 KiB como máximo")
X("expected an action of OFF, NOTE, HOLD or SUSPEND, a threshold and a least of 0 to 1000000, and a window of a minute to ten years",
  "se espera una acción OFF, NOTE, HOLD o SUSPEND, un umbral y un mínimo de 0 a 1000000, y un plazo de un minuto a diez años")
X("expected at most 50 networks",
  "se esperan 50 redes como máximo")
X("expected lag_days of 1 to 30 and every_min of 1 to 1440",
  "se espera lag_days de 1 a 30 y every_min de 1 a 1440")
X("expected networks such as 192.0.2.0/24 or 2001:db8::/32",
  "se esperan redes como 192.0.2.0/24 o 2001:db8::/32")
X("expected no ESI ID with ALL, one with ONE and some with GROUP",
  "no se espera ningún ESI ID con ALL, uno con ONE y algunos con GROUP")
X("expected some of the premises that were shown",
  "se esperan algunos de los lugares que se mostraron")
X("expected two days, or two instants of which the first is before the second",
  "se esperan dos días, o dos instantes, el primero anterior al segundo")
X("expected web addresses that begin with https:// and a host name",
  "se esperan direcciones web que empiecen por https:// y un nombre de servidor")
X("expected what argon2id made of a password, 32 bytes",
  "se espera lo que argon2id hizo de una contraseña, 32 bytes")
X("expected what was asked for, or less",
  "se espera lo que se pidió, o menos")
X("expected which disclosures were agreed to, and their SHA-256",
  "se espera qué avisos se aceptaron, y su SHA-256")
X("folder \"%s\", expected one of the box that the hub alone puts files into",
  "carpeta «%s»: se espera una del buzón en la que solo la central deja archivos")
X("it has ended already",
  "ya terminó")
X("it has the second approval already",
  "ya tiene la segunda aprobación")
X("it is approved with the certificate that it had: add another one to your box",
  "está aprobado con el certificado que tenía: añada otro a su buzón")
X("it is over already",
  "ya terminó")
X("it waits for your answer, by the mail that asks",
  "espera su respuesta, por el correo que la pide")
X("it was asked for by %s: another person confirms it",
  "lo pidió %s: lo confirma otra persona")
X("its certificate is missing",
  "falta su certificado")
X("language \"%s\", expected EN or ES",
  "idioma «%s»: se espera EN o ES")
X("login \"%s\", expected up to 64 letters, digits, dots, hyphens and underscores",
  "nombre de usuario «%s»: se esperan hasta 64 letras, cifras, puntos, guiones y guiones bajos")
X("login \"%s\", expected up to 64 letters, digits, dots, hyphens and underscores; kept 1 to 400 days; a quota above 0; 1 to 10000 sessions; REQUIRE, PREFER or OFF",
  "nombre de usuario «%s»: se esperan hasta 64 letras, cifras, puntos, guiones y guiones bajos; de 1 a 400 días de conservación; un cupo mayor que 0; de 1 a 10000 sesiones; REQUIRE, PREFER u OFF")
X("mail %s (%s) is %s: only one that waits or, but for invitations, has failed is tried again",
  "el correo %s (%s) está en estado %s: solo se reintenta uno que espera o, salvo las invitaciones, uno que falló")
X("nothing was loaded since the last drop",
  "no se cargó nada desde la última entrega")
X("notice was given on %s, expected a day that has been: the commission directs after notice",
  "el aviso se dio el %s, se espera un día ya pasado: la comisión ordena después del aviso")
X("one of the ESI IDs is of no known premise",
  "uno de los ESI ID no es de ningún lugar conocido")
X("only the access of one that is live or suspended is ended for good",
  "solo se termina para siempre el acceso de uno que está activo o suspendido")
X("order %s has been carried out",
  "la orden %s ya se cumplió")
X("order %s of the commission (docket %s) stands: an order that lifts it comes first",
  "la orden %s de la comisión (expediente %s) sigue en pie: antes hace falta una orden que la levante")
X("party \"%s\" named \"%s\", expected a code of letters, digits and hyphens and a name of 1 to 200 characters",
  "organización «%s» llamada «%s»: se espera un código de letras, cifras y guiones y un nombre de 1 a 200 caracteres")
X("period \"%s\" is no date",
  "el período «%s» no es una fecha")
X("period \"%s\" is not of seven days",
  "el período «%s» no es de siete días")
X("period \"%s\", expected one such as %s",
  "período «%s»: se espera uno como %s")
X("personal tokens are for customers; an account of a partner has its own credentials (/box-credentials/)",
  "los códigos personales son para clientes; la cuenta de una organización tiene sus propias claves (/box-credentials/)")
X("reason is \"%s\" for an index of %s bytes, expected OPT_OUT, REPORTED or BOUNCE, and 16",
  "el motivo es «%s» para un índice de %s bytes: se espera OPT_OUT, REPORTED o BOUNCE, y 16")
X("role \"%s\" and language \"%s\", expected BUSINESS, TECHNICAL or SECURITY, EN or ES, and a sealed mailbox",
  "función «%s» e idioma «%s»: se espera BUSINESS, TECHNICAL o SECURITY, EN o ES, y un correo sellado")
X("role \"%s\", expected ADMIN, MEMBER or READER",
  "función «%s»: se espera ADMIN, MEMBER o READER")
X("scope: expected one or several of %s",
  "alcance: se espera uno o varios de %s")
X("tax ID \"%s\", expected nine digits",
  "número fiscal «%s»: se esperan nueve cifras")
X("tax ID \"%s\", expected one that was given out: none begins with 00",
  "número fiscal «%s»: se espera uno asignado; ninguno empieza por 00")
X("that case has ended, or is granted already",
  "ese expediente terminó, o ya se concedió")
X("that case is over already",
  "ese expediente ya terminó")
X("that is for a %s",
  "eso es para %s")
X("that is for customers",
  "eso es para clientes")
X("that is for third parties",
  "eso es para terceros")
X("that is no e-mail address",
  "eso no es una dirección de correo electrónico")
X("that is not for a token of class %s",
  "eso no es para un código de la clase %s")
X("that is not possible with it",
  "eso no es posible con ello")
X("that person got three such mails within a day: wait until tomorrow",
  "esa persona recibió tres correos así en un día: espere hasta mañana")
X("that person has a password already",
  "esa persona ya tiene contraseña")
X("that request is not one of its client's",
  "esa petición no es de su programa")
X("that takes the role %s in your organisation; yours is %s",
  "eso requiere la función %s en su organización; la suya es %s")
X("the CSP has no agreement %s",
  "el tercero no tiene el acuerdo %s")
X("the account has 20 credentials: end one that is not used any more",
  "la cuenta tiene 20 claves: termine una que ya no se use")
X("the clock moves ahead by %s, expected more than nothing and at most ten years",
  "el reloj avanza %s: se espera más que nada y como máximo diez años")
X("the clock of this hub cannot be moved (setting clock.movable)",
  "el reloj de esta central no se puede mover (ajuste clock.movable)")
X("the connection is tested of a CSP that is APPROVED, not %s",
  "la conexión se prueba de un tercero aprobado, no %s")
X("the end is to come, and behind the beginning",
  "el final ha de estar por venir y ser posterior al comienzo")
X("the hub's clock is being looked at; nothing expires or is decided meanwhile",
  "se está revisando el reloj de la central; mientras tanto nada vence ni se decide")
X("the login \"%s\" is taken",
  "el nombre de usuario «%s» ya está en uso")
X("the login or token is not valid (any more)",
  "el usuario o el código no es válido, o ya no lo es")
X("the meter there speaks to no devices",
  "el medidor de allí no habla con aparatos")
X("the name has a link, an address or mark-up; expected plain words",
  "el nombre tiene un enlace, una dirección o marcas; se esperan palabras sencillas")
X("the password was not derived with the salt of its login",
  "la contraseña no se derivó con la sal de su usuario")
X("the premise is retired",
  "el lugar está dado de baja")
X("the request is at %s",
  "la petición está en %s")
X("the second approval is for a CSP that is APPROVED or TESTED, not %s",
  "la segunda aprobación es para un tercero aprobado o comprobado, no %s")
X("the session has ended",
  "la sesión terminó")
X("the session has ended: sign in again",
  "la sesión terminó: entre de nuevo")
X("the stated use has a link, an address or mark-up; expected plain words",
  "el uso declarado tiene un enlace, una dirección o marcas; se esperan palabras sencillas")
X("the subscription has ended",
  "la suscripción terminó")
X("the third party was given notice on a day that has been",
  "el aviso al tercero se dio en un día ya pasado")
X("the time for this step ended at %s: the registration begins anew",
  "el plazo de este paso terminó el %s: el registro empieza de nuevo")
X("the time of day is \"%s\", expected HH:MM",
  "la hora es «%s»: se espera HH:MM")
X("there are %s personal tokens already: end one",
  "ya hay %s códigos personales: termine uno")
X("there are 20 webhooks already: end one first",
  "ya hay 20 webhooks: termine antes uno")
X("there are no events of kind %s; expected some of %s",
  "no hay sucesos del tipo %s; se esperan algunos de %s")
X("there are no mails of kind \"%s\"",
  "no hay correos del tipo «%s»")
X("there are no reads of that ESI ID for you in that range",
  "no hay para usted lecturas de ese ESI ID en ese intervalo")
X("there are no reads of that for you in that range",
  "no hay para usted lecturas de eso en ese intervalo")
X("there is a party \"%s\" already",
  "ya existe la organización «%s»")
X("there is a second factor already",
  "ya hay un segundo factor")
X("there is a second factor already: end that one first",
  "ya hay un segundo factor: termine antes ese")
X("there is no CSP \"%s\"",
  "no existe el tercero «%s»")
X("there is no account \"%s\"",
  "no existe la cuenta «%s»")
X("there is no action \"%s\"",
  "no existe la acción «%s»")
X("there is no approval %s",
  "no existe la aprobación %s")
X("there is no command \"%s\"",
  "no existe la orden «%s»")
X("there is no complaint %s",
  "no existe la queja %s")
X("there is no credential %s that is still valid",
  "no hay una clave %s que siga siendo válida")
X("there is no delivery %s",
  "no existe el envío %s")
X("there is no detector \"%s\"",
  "no existe el detector «%s»")
X("there is no drop %s",
  "no existe la entrega %s")
X("there is no drop of \"%s\"",
  "no hay entrega de «%s»")
X("there is no file %s",
  "no existe el archivo %s")
X("there is no hit %s that stands",
  "no hay un hallazgo %s en pie")
X("there is no mail %s",
  "no existe el correo %s")
X("there is no order %s",
  "no existe la orden %s")
X("there is no party \"%s\"",
  "no existe la organización «%s»")
X("there is no person %s",
  "no existe la persona %s")
X("there is no premise in that case: refuse it",
  "no hay ningún lugar en ese expediente: rechácelo")
X("there is no premise of ESI ID \"%s\" for you",
  "no hay para usted un lugar con el ESI ID «%s»")
X("there is no setting \"%s\"",
  "no existe el ajuste «%s»")
X("there is no subscription %s",
  "no existe la suscripción %s")
X("there is no such CSP",
  "no existe ese tercero")
X("there is no such ESI ID and meter for you",
  "no hay para usted ese ESI ID con ese medidor")
X("there is no such agreement",
  "no existe ese acuerdo")
X("there is no such agreement for you",
  "no hay tal acuerdo para usted")
X("there is no such case",
  "no existe ese expediente")
X("there is no such client",
  "no existe ese programa")
X("there is no such credential that is still valid",
  "no hay tal clave que siga siendo válida")
X("there is no such drop of yours",
  "no tiene usted esa entrega")
X("there is no such file of yours",
  "no tiene usted ese archivo")
X("there is no such link",
  "no existe ese enlace")
X("there is no such open release",
  "no hay tal consulta abierta")
X("there is no such premise for you",
  "no hay tal lugar para usted")
X("there is no such premise in an open case of yours",
  "no hay tal lugar en un expediente suyo abierto")
X("there is no such program of yours",
  "no tiene usted ese programa")
X("there is no such request, or its time is over",
  "no existe esa petición, o su tiempo pasó")
X("there is no such subscription of yours",
  "no tiene usted esa suscripción")
X("there is no such token of yours",
  "no tiene usted ese código")
X("there is no webhook %s",
  "no existe el webhook %s")
X("there is nothing at %s yet: the log ends at %s",
  "aún no hay nada en %s: el registro acaba en %s")
X("there were too many requests from your network: try again later",
  "hubo demasiadas solicitudes desde su red: inténtelo más tarde")
X("this key, certificate or token opens an account already",
  "esta clave, este certificado o este código ya abre una cuenta")
X("this link is not valid, or not any more",
  "este enlace no es válido, o ya no lo es")
X("this look is over, or another's: look again, with a reason",
  "esta vista terminó, o es de otra persona: mire de nuevo, con un motivo")
X("this token is not for \"%s\"",
  "este código no sirve para «%s»")
X("version %s of the terms was accepted, expected %s, which are in force",
  "se aceptó la versión %s de las condiciones: se espera la %s, que está en vigor")
X("webhook %s has no secret",
  "el webhook %s no tiene secreto")
X("webhook %s is %s",
  "el webhook %s está en estado %s")
X("webhook %s was ended",
  "el webhook %s se terminó")
X("weekday: expected %s",
  "día de la semana: se espera %s")
X("what a second person is to confirm needs a reason",
  "lo que ha de confirmar una segunda persona necesita un motivo")
X("what is yours of an agreement that is %s has ended already",
  "lo suyo de un acuerdo en estado %s ya terminó")
X("your organisation has no box yet: it is made with the approval",
  "su organización aún no tiene buzón: se hace con la aprobación")
X("your organisation has no such person",
  "su organización no tiene esa persona")
X("zone is \"%s\", expected one like America/Chicago",
  "la zona es «%s»: se espera una como America/Chicago")
X("%s lines, expected 1 to %s",
  "%s líneas: se esperan de 1 a %s")
X("%s lists were handed in within 24 hours: wait until tomorrow",
  "se entregaron %s listas en 24 horas: espere hasta mañana")
X("a group has a name of 1 to 60 characters",
  "un grupo tiene un nombre de 1 a 60 caracteres")
X("a list of yours is being looked at: wait until that is done",
  "se está revisando una lista suya: espere hasta que termine")
X("there are %s groups already: remove one",
  "ya hay %s grupos: quite uno")
X("you have a group of that name already",
  "ya tiene un grupo con ese nombre")
X("you have handed in no such list",
  "usted no entregó esa lista")
X("you have no such group",
  "usted no tiene ese grupo")
X("a third party has at most 50 programs",
  "un tercero tiene como máximo 50 programas")
X("a third party that is %s has clients of the sandbox alone",
  "un tercero en el estado %s solo tiene programas del entorno de pruebas")
X("a third party that is %s has no clients",
  "un tercero en el estado %s no tiene programas")
X("expected a TOKEN, SSH_KEY or CERTIFICATE, a label of 1 to 100 characters and 1 to 732 days",
  "se espera TOKEN, SSH_KEY o CERTIFICATE, un nombre de 1 a 100 caracteres y de 1 a 732 días")
X("expected a client name of 8 to 80 letters, digits, dots, hyphens and underscores, at most ten redirect addresses that begin with https://, and one to ten scopes",
  "se espera un nombre de programa de 8 a 80 letras, cifras, puntos, guiones y guiones bajos, como máximo diez direcciones de regreso que empiecen con https://, y de uno a diez alcances")
X("expected a name of 1 to 200 characters, at most ten redirect addresses that begin with https:// and hold no fragment, 3,000 characters in all, and at most ten scopes",
  "se espera un nombre de 1 a 200 caracteres, como máximo diez direcciones de regreso que empiecen con https:// y no tengan fragmento, 3,000 caracteres en total, y como máximo diez alcances")
X("scope \"%s\", expected FB=4_5;… with at most 256 characters",
  "alcance «%s»: se espera FB=4_5;… con 256 caracteres como máximo")
X("the client is %s",
  "el programa está en el estado %s")
X("there is a client of that name",
  "ya hay un programa con ese nombre")
X("there is one of that kind and name already",
  "ya hay uno de ese tipo y nombre")
X("a DUNS number or a prefix belongs to another utility already",
  "un número DUNS o un prefijo ya es de otra distribuidora")
X("certificate \"%s\" and DUNS \"%s\", expected five digits, and 9 or 13 digits",
  "certificado «%s» y DUNS «%s»: se esperan cinco cifras, y 9 o 13 cifras")
X("expected DUNS numbers of 9 or 13 digits, prefixes of seven digits that begin with 10, and lengths 17 or 22",
  "se esperan números DUNS de 9 o 13 cifras, prefijos de siete cifras que empiecen por 10, y largos de 17 o 22")
X("expected a TDU, REP or REGULATOR",
  "se espera una distribuidora, un proveedor o un regulador")
X("expected one length for each prefix",
  "se espera un largo para cada prefijo")
X("expected prefixes of ESI IDs with the length of these, as 1044372/17",
  "se esperan prefijos de los ESI ID con el largo de estos, como 1044372/17")
X("it has a box already, or is to have none",
  "ya tiene un buzón, o no ha de tenerlo")
X("it has people: its own admins add others",
  "ya tiene personas: sus propios administradores añaden a otras")
X("the certificate or the DUNS number belongs to another REP already",
  "el certificado o el número DUNS ya es de otro proveedor")
/* clang-format on */
