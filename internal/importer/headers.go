package importer

import (
	"strings"
	"sync"
)

// uses are the known names of columns, folded by foldLetters.
var uses = sync.OnceValue(func() map[string]Use {
	all := map[string]Use{}
	for use, names := range namesOf {
		for name := range strings.FieldsSeq(names) {
			all[foldLetters(name)] = use // some letters lose a part, as й does
		}
	}
	return all
})

// namesOf lists the names of columns that Cloudflare's template, its API, directories, mail
// programs and spreadsheets use.
var namesOf = map[Use]string{
	Name: `name displayname fullname commonname cn contactname
		anzeigename vollstandigername vollername
		nom nomcomplet nomaffiche nomdaffichage nometprenom prenometnom
		nombre nombrecompleto nombreparamostrar nombremostrado nombreyapellidos
		nomecompleto nomevisualizzato nomeecognome nomeparaexibicao nomedeexibicao nome
		naam volledigenaam weergavenaam
		namn fullstandigtnamn visningsnamn navn fuldtnavn fulltnavn visningsnavn nimi kokonimi nayttonimi
		imieinazwisko nazwawyswietlana jmeno celejmeno zobrazovanejmeno teljesnev megjelenitendonev nev
		adsoyad gorunenad имя фио полноеимя отображаемоеимя імя повнеімя
		姓名 名称 显示名称 顯示名稱 名前 氏名 表示名 이름 성명 표시이름 الاسم`,
	FirstName: `firstname givenname forename vorname prenom nombredepila primernombre nomeproprio primeironome
		voornaam fornamn fornavn etunimi imie keresztnev 名 名字`,
	MiddleName: `middlename additionalname zweitervorname`,
	LastName: `lastname surname sn familyname nachname familienname nomdefamille apellido apellidos cognome sobrenome apelido
		achternaam efternamn efternavn etternavn sukunimi nazwisko prijmeni vezeteknev soyad фамилия прізвище 姓 姓氏`,
	Email: `email emailaddress mail mailaddress primaryemail primaryemailaddress primarysmtpaddress smtpaddress windowsemailaddress workemail emailid
		emailadresse mailadresse emailadressen
		adresseemail adressemail adresseelectronique adressedemessagerie courriel couriel mel
		correoelectronico correo direcciondecorreo direcciondecorreoelectronico direccionemail
		indirizzoemail postaelettronica indirizzodipostaelettronica emailaziendale
		enderecodeemail correioeletronico
		emailadres mailadres epost epostadress epostadresse epostadresser emailadress mailadress sahkoposti sahkopostiosoite
		adresemail adrespocztyelektronicznej adrespoczty emailovaadresa emailcim eposta epostaadresi
		почта электроннаяпочта адресэлектроннойпочты эпочта елпошта електроннапошта
		电子邮件 电子邮箱 邮箱 电子邮件地址 邮件地址 電子郵件 電子郵件地址 メール メールアドレス 電子メール eメール 이메일 이메일주소 전자메일 البريدالإلكتروني`,
	IsEmailRegex: `isemailregex isregex isregexp emailisregex ispattern regex`,
	Comments: `comments comment notes note remark remarks reason
		bemerkung bemerkungen kommentar kommentare notiz notizen anmerkung anmerkungen
		commentaire commentaires remarque remarques comentario comentarios nota notas commenti commento
		opmerking opmerkingen kommentarer anmarkning huomautus komentarz uwagi poznamka megjegyzes aciklama комментарий примечание
		备注 注释 備註 備考 コメント 비고 메모`,
	ID: `id entryid`,

	DirectoryID:             `directoryid`,
	DirectoryNodeID:         `directorynodeid`,
	ExternalDirectoryNodeID: `externaldirectorynodeid`,
	Provenance:              `provenance`,

	UserName:       `userprincipalname upn username signinname loginname benutzerprinzipalname benutzername nomdutilisateur nomdutilisateurprincipal nombredeusuario nomeutente nomedeusuario gebruikersnaam anvandarnamn`,
	ProxyAddresses: `proxyaddresses proxyaddress emailaddresses emailaliases aliases`,
	SecondaryEmail: `secondaryemail secondaryemails homesecondaryemail worksecondaryemail alternateemailaddress alternateemail alternativeemail alternativeemailaddress alternatemail
		othermails othermail otheremail otheremails homeemail personalemail privateemail alternativeemailadresse privateemailadresse autreadresseemail`,
	RecoveryEmail: `recoveryemail recoveryemailaddress authenticationemail`,

	Enabled: `accountenabled enabled isenabled active isactive signinallowed kontoaktiviert aktiviert`,
	Blocked: `blockcredential blocksignin signinblocked blocked isblocked disabled isdisabled accountdisabled suspended issuspended anmeldungblockieren
		softdeletiontimestamp deleted isdeleted deletedat deleteddatetime`,
	Status:   `status accountstatus userstatus signinstatus recipientstatus useraccountcontrol`,
	UserType: `usertype recipienttypedetails recipienttype`,

	ours: `createdat modifiedat lastmodified problem`,
	known: `
		jobtitle title department usagelocation streetaddress street state stateorprovince country countryorregion countryregion officelocation physicaldeliveryofficename office officename
		city postalcode ziporpostalcode zip telephonenumber phonenumber mobilephone mobile fax faxnumber officenumber officephone
		agegroup consentprovidedforminor legalagegroupclassification companyname company creationtype directorysynced dirsyncenabled invitationstate identityissuer createddatetime objectid
		orgunitpath newprimaryemail newstatus lastsignin recoveryphone workphone homephone workaddress homeaddress employeeid employeetype employeetitle manageremail manager costcenter
		2svenrolled 2svenforced buildingid floorname floorsection emailusage driveusage totalstorage photosize licenses
		address alias suffix nickname birthday initials webpage samaccountname distinguishedname objectclass objectguid samaccounttype`,
}

// A column called name holds only a part of it beside a column with the other part, in the
// languages that call it so: Nombre beside Apellidos, Name beside Vorname.
var (
	firstBesideLast = set(`nombre nome imie jmeno имя імя`)
	lastBesideFirst = map[string]map[string]bool{
		"name": set(`vorname`), "nom": set(`prenom`), "naam": set(`voornaam`), "namn": set(`fornamn`), "navn": set(`fornavn`), "nev": set(`keresztnev`),
	}
)

func set(names string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		all[foldLetters(name)] = true
	}
	return all
}
