//! Towns of Hauts-de-France in which made-up organisations live.

/// A town: INSEE code, postcode, name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Town {
    pub code: &'static str,
    pub postcode: &'static str,
    pub name: &'static str,
}

const fn town(code: &'static str, postcode: &'static str, name: &'static str) -> Town {
    Town { code, postcode, name }
}

/// Towns all over the region.
pub(super) const TOWNS: &[Town] = &[
    town("59350", "59000", "Lille"),
    town("59512", "59100", "Roubaix"),
    town("59599", "59200", "Tourcoing"),
    town("59009", "59650", "Villeneuve-d’Ascq"),
    town("59606", "59300", "Valenciennes"),
    town("59178", "59500", "Douai"),
    town("59122", "59400", "Cambrai"),
    town("59392", "59600", "Maubeuge"),
    town("59328", "59130", "Lambersart"),
    town("59360", "59120", "Loos"),
    town("62041", "62000", "Arras"),
    town("62498", "62300", "Lens"),
    town("62510", "62800", "Liévin"),
    town("62427", "62110", "Hénin-Beaumont"),
    town("62119", "62400", "Béthune"),
    town("62765", "62500", "Saint-Omer"),
    town("80021", "80000", "Amiens"),
    town("80001", "80100", "Abbeville"),
    town("60057", "60000", "Beauvais"),
    town("60159", "60200", "Compiègne"),
    town("60175", "60100", "Creil"),
    town("02691", "02100", "Saint-Quentin"),
    town("02722", "02200", "Soissons"),
    town("02408", "02000", "Laon"),
];

/// Towns of the coast.
pub(super) const COAST: &[Town] = &[
    town("59183", "59140", "Dunkerque"),
    town("62160", "62200", "Boulogne-sur-Mer"),
    town("62193", "62100", "Calais"),
    town("59273", "59820", "Gravelines"),
    town("59271", "59760", "Grande-Synthe"),
    town("59340", "59495", "Leffrinckoucke"),
];
